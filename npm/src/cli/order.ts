/** Work that is done in any order, and whose results come in the order of input. */

/**
 * Hands batches out while there is room, and their outcomes on in the order of input.
 *
 * @param most Items that are under way at once.
 */
export async function inOrder<T, R>(
  items: AsyncIterable<T[]>,
  batches: (items: T[]) => Iterable<T[]>,
  most: number,
  run: (batch: T[]) => Promise<R>,
  write: (outcome: R) => Promise<void>,
): Promise<void> {
  const queue: { outcome: Promise<R>; count: number }[] = [];
  let inFlight = 0;
  /** The first counts. */
  const failures: unknown[] = [];
  let fail: (error: unknown) => void = () => {};
  let writing: Promise<void> | undefined;
  let wake = () => {};
  const drain = async () => {
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      await write(await head.outcome);
      queue.shift();
      inFlight -= head.count;
      wake();
    }
  };
  const start = () => {
    writing ??= drain()
      .catch((error: unknown) => {
        failures.push(error);
        fail(error);
      })
      .finally(() => {
        writing = undefined;
        // What was handed out between the last look at the queue and now.
        if (queue.length > 0 && failures.length === 0) start();
        wake();
      });
  };
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    if (failures.length > 0) throw failures[0];
    // The next names may never come, as from a terminal. No race with one promise of failure: that would keep all names.
    const { value: listed, done } = await new Promise<IteratorResult<T[]>>((resolve, reject) => {
      fail = reject;
      iterator.next().then(resolve, reject);
    });
    if (done) break;
    for (const batch of batches(listed as T[])) {
      while (failures.length === 0 && inFlight + batch.length > most) await new Promise<void>((resolve) => (wake = resolve));
      if (failures.length > 0) throw failures[0];
      const outcome = run(batch);
      // Its writer learns of a failure; until then it is no unhandled rejection.
      outcome.catch(() => {});
      queue.push({ outcome, count: batch.length });
      inFlight += batch.length;
      start();
    }
  }
  while (writing !== undefined) await writing;
  if (failures.length > 0) throw failures[0];
}

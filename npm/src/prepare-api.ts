/** `prepare`: in a worker where there is one, else in place. */
import { TilewiseError, toTilewiseError } from "./error.js";
import { draw } from "./prepare-draw.js";
import { type Outcome, run, type Task } from "./prepare-engine.js";
import { NoWorker, runInWorker } from "./prepare-pool.js";
import { toFile } from "./prepare-source.js";
import { compiled } from "./sources.js";
import type * as contract from "./tilewise-prepare.js";

export { TilewiseError };

export const init: typeof contract.default = async (source) => void (await compiled("prepare", source));

/** Deno and Bun have workers, too, but an idle one would keep a program from ending. */
let hasWorkers = typeof Worker === "function" && !("process" in globalThis && globalThis.process.versions?.node);

export const prepare: typeof contract.prepare = async (source, goal, options = {}) => {
  const { signal, onProgress } = options;
  const plainGoal = plain(goal);
  const progress = (share: number) => void (signal?.aborted || onProgress?.(share));
  const work = async (): Promise<contract.Prepared> => {
    // Together: neither needs the other.
    const [module, file] = await Promise.all([compiled("prepare"), toFile(source, signal)]);
    const task = { file, goal: plainGoal, hasDecoder: Boolean(options.decode) };
    let outcome = await dispatch(module, task, signal, progress);
    while ("draw" in outcome) {
      const drawn = await draw(outcome.file, outcome.draw, options.decode);
      outcome = await dispatch(module, { ...task, drawn }, signal, progress);
    }
    progress(1);
    const { changed, report } = outcome;
    const blob = !changed && source instanceof Blob ? source : new Blob([outcome.file], { type: report.facts.mime });
    return { blob, ...report, changed };
  };
  try {
    return await untilAborted(work, signal);
  } catch (cause) {
    if (signal?.aborted) throw new TilewiseError("aborted", "the image was not prepared: it was aborted");
    throw toTilewiseError(cause);
  }
};

/** As a worker can take it: without what cannot be cloned. */
function plain(goal: contract.Goal): contract.Goal {
  if (typeof goal !== "object" || goal === null) {
    throw new TilewiseError("invalid_argument", "goal: it must be an object");
  }
  try {
    return JSON.parse(JSON.stringify(goal)) as contract.Goal;
  } catch (cause) {
    throw new TilewiseError("invalid_argument", "goal: it cannot be written as JSON", { cause });
  }
}

/** Work that cannot be interrupted at once is left to itself. */
async function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work();
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function dispatch(
  module: WebAssembly.Module,
  task: Task,
  signal: AbortSignal | undefined,
  progress: (share: number) => void,
): Promise<Outcome> {
  if (hasWorkers) {
    try {
      return await runInWorker({ module, task }, signal, progress);
    } catch (cause) {
      if (!(cause instanceof NoWorker)) throw cause;
      hasWorkers = false;
    }
  }
  return run(module, task, async (share) => {
    if (share !== undefined) progress(share);
    // Lets others have their turn, among them one that wants to abort.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
  });
}

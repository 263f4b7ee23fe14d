/** An answer whose bytes are looked at as they pass by. */

/**
 * The same answer. `isComplete` is given each piece before the caller is, and says whether what follows matters; `end` is
 * called once: when it is, when nothing more comes, when it breaks, or when the caller leaves. Nothing is kept and nothing is
 * read ahead.
 */
export function observed(answer: Response, isComplete: (chunk: Uint8Array) => boolean, end: () => void): Response {
  const reader = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  let isOver = false;
  const finish = () => {
    if (isOver) return;
    isOver = true;
    end();
  };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            finish();
            controller.close();
          } else {
            if (!isOver && isComplete(value)) finish();
            controller.enqueue(value);
          }
        } catch (cause) {
          finish();
          controller.error(cause);
        }
      },
      cancel(reason) {
        finish();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = answer;
  return like(answer, new Response(body, { status, statusText, headers }));
}

/** With what no constructor sets. */
function like(answer: Response, copy: Response): Response {
  const { url, redirected, type } = answer;
  const clone = () => like(answer, Response.prototype.clone.call(copy));
  for (const [name, value] of Object.entries({ url, redirected, type, clone })) {
    Object.defineProperty(copy, name, { value, configurable: true });
  }
  return copy;
}

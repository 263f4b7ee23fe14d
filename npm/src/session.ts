/** A request to the endpoint, driven as `Session` of the binary says. */
import type { Abort } from "./abort.js";
import { bodyOf, type Pieces } from "./body.js";
import { causeOf, Exchange } from "./fetching.js";
import { Cause, type Session, Step } from "./network-binding.js";
import { pause } from "./timer.js";
import { type Data, invalid, result } from "./wire.js";

interface Plan {
  url: string;
  headers: [string, string][];
  timeoutMs: number;
}

/**
 * Does what the session says, until it is over; `take` gets its events as they come, as JSON. Without pieces of a
 * body it is a GET.
 */
export async function drive(
  session: Session,
  pieces: Pieces | undefined,
  data: readonly (Data | undefined)[],
  abort: Abort,
  take: (events: string | undefined) => void,
): Promise<void> {
  const { url, headers, timeoutMs } = result<Plan>(session.request());
  let body: Blob | undefined;
  const exchange = new Exchange(abort, timeoutMs, {
    received: (bytes, nowMs) => take(session.received(bytes, nowMs)),
    ended: (nowMs) => {
      session.ended(nowMs);
      take(session.events());
    },
    failed: (...failure) => session.failed(...failure),
  });
  try {
    for (;;) {
      switch (session.step) {
        case Step.Send: {
          // Encoded when it is first sent, and kept for another try.
          if (pieces) body ??= await bodyOf(pieces, data);
          const response = await exchange.send(request(url, headers, body));
          if (!response) break;
          const header = (name: string) => response.headers.get(name) ?? undefined;
          session.answered(response.status, header("retry-after"), header("date"), Date.now());
          break;
        }
        case Step.Wait:
          take(session.events());
          exchange.drop();
          await pause(session.waitMs, abort.signal);
          if (abort.signal.aborted) session.failed(causeOf(abort, Cause.Aborted), "", false, undefined, Date.now());
          else session.waited();
          break;
        case Step.Read:
          await exchange.read(() => session.step === Step.Read);
          break;
        case Step.Linger:
          if (!(await exchange.readWithin(session.waitMs))) session.waited();
          break;
        case Step.Over:
          take(session.events());
          return;
      }
    }
  } finally {
    exchange.drop();
    // An answer without a body may keep its connection open, and a Node process with it.
    abort.abort();
  }
}

function request(url: string, headers: [string, string][], body: Blob | undefined): Request {
  try {
    const own = body ? { "content-type": "application/json", accept: "text/event-stream" } : {};
    const all = new Headers(own);
    for (const [name, value] of headers) all.set(name, value);
    return new Request(url, body ? { method: "POST", headers: all, body } : { headers: all });
  } catch (cause) {
    throw invalid("baseUrl", cause instanceof Error ? cause.message : "it is no URL", cause);
  }
}

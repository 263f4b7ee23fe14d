/** Requests and answers, as whatever drives them needs: `Session` and `RemoteFile` of the binary. */
import type { Abort } from "./abort.js";
import { Cause } from "./network-binding.js";
import { Silence } from "./timer.js";

/** What takes the bytes of an answer. */
export interface Receiver {
  received(bytes: Uint8Array, nowMs: number): void;
  ended(nowMs: number): void;
  failed(...failure: Failure): void;
}

type Failure = [cause: Cause, message: string, isOffline: boolean, page: string | undefined, nowMs: number];

/** An answer, read as it comes. */
export class Exchange {
  readonly #abort: Abort;
  readonly #silence: Silence;
  readonly #receiver: Receiver;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #cancel = () => this.drop();

  constructor(abort: Abort, timeoutMs: number, receiver: Receiver) {
    this.#abort = abort;
    this.#silence = new Silence(timeoutMs, () => abort.timeOut());
    this.#receiver = receiver;
  }

  /** Sends a request; undefined where it failed, which the receiver then knows. */
  async send(request: Request): Promise<Response | undefined> {
    this.drop();
    this.#silence.begin();
    try {
      // The signal stands beside the request, not in it: Node lets go of that of a request that was collected.
      const response = await fetch(request, { signal: this.#abort.signal });
      this.#reader = response.body?.getReader();
      return response;
    } catch (cause) {
      this.#fail(Cause.Unanswered, cause);
      return undefined;
    } finally {
      this.#silence.end();
    }
  }

  /** Reads the next bytes, if they come in time: false where they did not, and the connection is closed. */
  async readWithin(ms: number): Promise<boolean> {
    let isLate = false;
    let reads = 0;
    const timer = setTimeout(() => {
      isLate = true;
      this.drop();
    }, ms);
    try {
      await this.read(() => !isLate && reads++ === 0, () => isLate);
    } finally {
      clearTimeout(timer);
    }
    return !isLate;
  }

  /** Reads on while this holds. Of a reader that was dropped on purpose nothing is told. */
  async read(isWanted: () => boolean, isDropped = () => false): Promise<void> {
    const reader = this.#reader;
    const { signal } = this.#abort;
    signal.addEventListener("abort", this.#cancel);
    this.#silence.begin();
    try {
      while (isWanted()) {
        let chunk: ReadableStreamReadResult<Uint8Array> | undefined;
        try {
          chunk = signal.aborted ? undefined : await reader?.read();
        } catch (cause) {
          this.#fail(Cause.Broken, cause);
          continue;
        }
        if (isDropped()) return;
        // A reader that is cancelled ends as if the answer had.
        if (signal.aborted) {
          this.#fail(Cause.Broken, undefined);
          continue;
        }
        this.#silence.heard();
        if (chunk?.value) this.#receiver.received(chunk.value, this.#silence.heardMs);
        else this.#receiver.ended(this.#silence.heardMs);
      }
    } finally {
      this.#silence.end();
      signal.removeEventListener("abort", this.#cancel);
    }
  }

  /** Whoever stops listening frees the connection. What broke rejects, and is known to be broken. */
  drop(): void {
    this.#reader?.cancel().catch(() => {});
    this.#reader = undefined;
  }

  #fail(cause: Cause, error: unknown): void {
    const { navigator, origin } = globalThis as { navigator?: { onLine?: boolean }; origin?: unknown };
    const page = typeof origin === "string" ? origin : undefined;
    const isOffline = navigator?.onLine === false;
    this.#receiver.failed(causeOf(this.#abort, cause), message(error), isOffline, page, Date.now());
  }
}

/** What a failure means: that it was aborted, or what it would mean else. */
export function causeOf(abort: Abort, otherwise: Cause): Cause {
  if (!abort.signal.aborted) return otherwise;
  return abort.isSilence ? Cause.Silence : Cause.Aborted;
}

/** What an error says, and what it says of its own cause: `fetch failed: connect ECONNREFUSED …`. */
function message(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const cause = error.cause as { message?: unknown; code?: unknown } | undefined;
  // An attempt at several addresses has no message, but a code.
  return [error.message, cause?.message || cause?.code].filter((text) => typeof text === "string" && text).join(": ");
}

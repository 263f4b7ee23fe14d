/** Waiting, and not waiting any longer. */

/** A longer timer would go off at once: the delay is a signed 32-bit integer (WHATWG HTML, section 8.7). */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits, but no longer than until it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
  });
}

/** Calls back once nothing was heard for so long. One timer serves all chunks: to set one costs more than to read. */
export class Silence {
  readonly #ms: number;
  readonly #callback: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When something was last heard, in milliseconds since 1970. */
  heardMs = 0;

  constructor(ms: number, callback: () => void) {
    this.#ms = Math.min(ms, LONGEST_MS);
    this.#callback = callback;
  }

  begin(): void {
    this.end();
    this.heard();
    this.#set(this.#ms);
  }

  heard(): void {
    this.heardMs = Date.now();
  }

  /** A timer left running would keep a Node process alive. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #set(ms: number): void {
    this.#timer = setTimeout(() => {
      const left = this.heardMs + this.#ms - Date.now();
      if (left > 0) this.#set(left);
      else this.#callback();
    }, ms);
  }
}

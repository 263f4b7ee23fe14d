/** Ends what is under way: by the caller's own signal, by a call, or after too long a silence. */
import { invalid } from "./wire.js";

export class Abort {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | null | undefined;
  readonly #follow = () => this.#controller.abort();
  /** Whether it was the silence that ended it. */
  isSilence = false;

  constructor(outer: AbortSignal | null | undefined) {
    this.#outer = checked(outer);
    if (outer?.aborted) this.abort();
    outer?.addEventListener("abort", this.#follow);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  /** Nothing came for too long. */
  timeOut(): void {
    this.isSilence = true;
    this.abort();
  }

  /** Lets go of the caller's signal, which may outlive all that follows it. */
  end(): void {
    this.#outer?.removeEventListener("abort", this.#follow);
  }
}

export function checked(signal: AbortSignal | null | undefined): AbortSignal | null | undefined {
  // By its shape: frameworks hand over signals of another realm.
  if (signal == null || ("aborted" in Object(signal) && "addEventListener" in Object(signal))) return signal;
  throw invalid("signal", "it must be an AbortSignal");
}

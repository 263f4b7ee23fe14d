/** The probe of whatever binary knows the format. */
import { formats, liberator } from "./binary.js";
import { MediaProbe } from "./binding.js";
import type { MediaFacts } from "./tilewise.js";
import { result } from "./wire.js";

/** Said in place of facts where the binary for other formats must look. */
export const ELSEWHERE = "?";

/** A probe that goes over to the binary for other formats when it meets one, and takes along what was read. */
export class Probe {
  readonly #maxBytes: number | undefined;
  readonly #supplied: Uint8Array[] = [];
  #length: number | undefined;
  #probe: MediaProbe;
  readonly #free = liberator();
  #isFirst = true;

  constructor(length: number | undefined, maxBytes: number | undefined) {
    this.#length = length;
    this.#maxBytes = maxBytes;
    this.#probe = new MediaProbe(length, maxBytes);
  }

  get start(): number {
    return this.#probe.start;
  }

  get end(): number {
    return this.#probe.end;
  }

  /** The facts, or nothing while it needs the bytes from `start` to `end`. */
  async step(): Promise<MediaFacts | undefined> {
    const outcome = this.#probe.step();
    if (outcome === undefined) return undefined;
    if (outcome !== ELSEWHERE) return result(outcome);
    const { MediaProbe: OfOthers } = await formats();
    this.#free(this.#probe);
    this.#probe = new OfOthers(this.#length, this.#maxBytes);
    this.#isFirst = false;
    // It asks for the same bytes in the same order, so none is read again.
    for (const bytes of this.#supplied.splice(0)) {
      const early = this.#probe.step();
      if (early !== undefined) return result(early);
      this.#probe.supply(bytes);
    }
    return this.step();
  }

  supply(bytes: Uint8Array): void {
    if (this.#isFirst) this.#supplied.push(bytes);
    this.#probe.supply(bytes);
  }

  setLength(length: number): void {
    this.#length = length;
    this.#probe.setLength(length);
  }

  free(): void {
    this.#free(this.#probe);
  }
}

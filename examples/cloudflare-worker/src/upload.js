/** Enough for the header of nearly every picture; who has a deeper one is told `truncated`. */
const HEAD_BYTES = 64 * 1024;

/** A body that is read no further than is asked for. */
export class Upload {
  #reader;
  #chunks = [];
  #length = 0;

  constructor(body) {
    this.#reader = body.getReader();
  }

  async head() {
    await this.#readTo(HEAD_BYTES);
    return new Blob(this.#chunks).slice(0, HEAD_BYTES);
  }

  async whole() {
    await this.#readTo(Infinity);
    return new Blob(this.#chunks);
  }

  /** What was not read is not wanted. */
  async cancel() {
    await this.#reader.cancel();
  }

  async #readTo(length) {
    while (this.#length < length) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.#chunks.push(value);
      this.#length += value.length;
    }
  }
}

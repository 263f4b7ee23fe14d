/** Enough for the header of nearly every image; a longer header is refused with code `truncated`. */
const HEAD_BYTES = 64 * 1024;

/** A request body of which only as much is read as is asked for. */
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

  /** Drops the rest of the body. */
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

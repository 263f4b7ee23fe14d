/** A chat as an async iterable of events and a promise of the result. */
import { init } from "./binary.js";
import { ChatSession } from "./binding.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import type * as contract from "./tilewise.js";

export const chat: typeof contract.chat = (draft, options) => new Stream(draft, options);

class Stream implements contract.ChatStream {
  readonly #draft: contract.Draft;
  readonly #options: contract.ChatOptions;
  /** All that came: every reader has its own place in it. */
  readonly #events: contract.ChatEvent[] = [];
  #result: Promise<contract.ChatResult> | undefined;
  #session: ChatSession | undefined;
  #aborted = false;
  #ended = false;
  /** Resolves when there is more, or the end. */
  #news = signal();

  constructor(draft: contract.Draft, options: contract.ChatOptions) {
    this.#draft = draft;
    this.#options = options;
  }

  get result(): Promise<contract.ChatResult> {
    return this.#start();
  }

  abort(): void {
    this.#aborted = true;
    this.#session?.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<contract.ChatEvent, void, undefined> {
    const result = this.#start();
    let next = 0;
    try {
      for (;;) {
        const event = this.#events[next];
        if (event) {
          next += 1;
          yield event;
        } else if (this.#ended) {
          await result;
          return;
        } else {
          await this.#news.promise;
        }
      }
    } finally {
      if (!this.#ended) this.abort();
    }
  }

  #start(): Promise<contract.ChatResult> {
    if (!this.#result) {
      this.#result = this.#run();
      // Whoever only iterates hears of a failure there.
      this.#result.catch(() => {});
    }
    return this.#result;
  }

  async #run(): Promise<contract.ChatResult> {
    try {
      await init();
      if (this.#aborted) throw new TilewiseError("aborted", "the request was aborted");
      const session = new ChatSession(this.#draft, this.#options);
      this.#session = session;
      for (;;) {
        const events = (await session.next()) as contract.ChatEvent[];
        if (events.length === 0) return session.result() as contract.ChatResult;
        this.#events.push(...events);
        this.#announce();
      }
    } catch (cause) {
      throw toTilewiseError(cause, this.#partial());
    } finally {
      this.#session?.free();
      this.#session = undefined;
      this.#ended = true;
      this.#announce();
    }
  }

  /** As far as it came; nothing where the binary itself gave up. */
  #partial(): contract.ChatResult | undefined {
    try {
      return this.#session?.result() as contract.ChatResult | undefined;
    } catch {
      return undefined;
    }
  }

  #announce(): void {
    this.#news.resolve();
    this.#news = signal();
  }
}

function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A chat as an async iterable of events and a promise of the result. */
import { init } from "./binary.js";
import * as binding from "./binding.js";
import { call } from "./calls.js";
import type * as contract from "./tilewise.js";

export const chat: typeof contract.chat = (draft, options) => new Stream(draft, options);

class Stream implements contract.ChatStream {
  readonly #draft: contract.Draft;
  readonly #options: contract.ChatOptions;
  /**
   * All that came, as JSON of the events that came together: every reader has its own place in it. Kept as
   * objects, they would be collected over and over.
   */
  readonly #batches: string[] = [];
  #result: Promise<contract.ChatResult> | undefined;
  readonly #controller = new AbortController();
  #ended = false;
  /** Resolves when there is more, or the end; made when someone waits for it. */
  #news: Signal | undefined;

  constructor(draft: contract.Draft, options: contract.ChatOptions) {
    this.#draft = draft;
    this.#options = options;
  }

  get result(): Promise<contract.ChatResult> {
    return this.#start();
  }

  abort(): void {
    this.#controller.abort();
  }

  [Symbol.asyncIterator](): AsyncIterator<contract.ChatEvent, undefined> {
    const result = this.#start();
    const end = { done: true, value: undefined } as const;
    let events: contract.ChatEvent[] = [];
    let batches = 0;
    let next = 0;
    let left = false;
    const waitFor = async (): Promise<IteratorResult<contract.ChatEvent, undefined>> => {
      while (!left) {
        const event = events[next];
        if (event) {
          next += 1;
          return { done: false, value: event };
        }
        const batch = this.#batches[batches];
        if (batch) {
          events = JSON.parse(batch) as contract.ChatEvent[];
          batches += 1;
          next = 0;
        } else if (this.#ended) {
          left = true;
          await result;
        } else {
          await (this.#news ??= signal()).promise;
        }
      }
      return end;
    };
    return {
      next: () => {
        // Most events are at hand, and to come to them by way of an async function takes twice as long.
        const event = left ? undefined : events[next];
        if (!event) return waitFor();
        next += 1;
        return Promise.resolve({ done: false, value: event });
      },
      return: async () => {
        left = true;
        if (!this.#ended) this.abort();
        return end;
      },
    };
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
      const { signal } = this.#controller;
      return await call(() => binding.chat(this.#draft, this.#options, signal, (batch: string) => this.#take(batch)));
    } finally {
      this.#ended = true;
      this.#announce();
    }
  }

  #take(batch: string): void {
    this.#batches.push(batch);
    this.#announce();
  }

  #announce(): void {
    this.#news?.resolve();
    this.#news = undefined;
  }
}

interface Signal {
  promise: Promise<void>;
  resolve: () => void;
}

function signal(): Signal {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A chat as an async iterable of events and a promise of the result. */
import { init } from "./binary.js";
import * as binding from "./binding.js";
import { call } from "./calls.js";
import type { ChatEvent, ChatResult, ChatStream, chat as contract } from "./tilewise.js";

type Next = IteratorResult<ChatEvent, undefined>;

/** `take` is given the events that came together, as the JSON of an array. */
type Send = (signal: AbortSignal, take: (batch: string) => void) => Promise<ChatResult>;

export const chat: typeof contract = (draft, options) =>
  new Stream((signal, take) => call(() => binding.chat(draft, options, signal, take)));

class Stream implements ChatStream {
  readonly #send: Send;
  readonly #controller = new AbortController();
  /**
   * All that came, as JSON of the events that came together: every reader has its own place in it. Kept as
   * objects, they would be collected over and over.
   */
  readonly #batches: string[] = [];
  #result: Promise<ChatResult> | undefined;
  #ended = false;
  /** Wake those who wait for more, or for the end. */
  #waiting: (() => void)[] = [];

  constructor(send: Send) {
    this.#send = send;
  }

  get result(): Promise<ChatResult> {
    if (!this.#result) {
      this.#result = this.#run();
      // Who only iterates is told of a failure there.
      this.#result.catch(() => {});
    }
    return this.#result;
  }

  abort(): void {
    this.#controller.abort();
  }

  [Symbol.asyncIterator](): AsyncIterator<ChatEvent, undefined> {
    const { result } = this;
    const end = { done: true, value: undefined } as const;
    let events: ChatEvent[] = [];
    let batches = 0;
    let next = 0;
    let left = false;
    const take = (): Next | undefined => {
      if (left) return end;
      if (next === events.length) {
        const batch = this.#batches[batches];
        if (!batch) return undefined;
        events = JSON.parse(batch) as ChatEvent[];
        batches += 1;
        next = 0;
      }
      return { done: false, value: events[next++] as ChatEvent };
    };
    const takeOrWait = (resolve: (next: Next) => void, reject: (cause: unknown) => void): void => {
      const taken = take();
      if (taken) return resolve(taken);
      if (!this.#ended) {
        this.#waiting.push(() => takeOrWait(resolve, reject));
        return;
      }
      left = true;
      result.then(() => resolve(end), reject);
    };
    return {
      // Async functions would take twice as long, most of it in turns of their own.
      next: () => {
        const taken = take();
        return taken ? Promise.resolve(taken) : new Promise(takeOrWait);
      },
      return: async () => {
        left = true;
        if (!this.#ended) this.abort();
        return end;
      },
    };
  }

  async #run(): Promise<ChatResult> {
    try {
      await init();
      return await this.#send(this.#controller.signal, (batch) => {
        this.#batches.push(batch);
        this.#wake();
      });
    } finally {
      this.#ended = true;
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

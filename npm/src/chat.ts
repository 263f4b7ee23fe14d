/** A chat as an async iterable of events and a promise of the result. */
import { Abort } from "./abort.js";
import { failure, init, liberator, network } from "./binary.js";
import { allowedBody } from "./binding.js";
import type { Pieces } from "./body.js";
import { TilewiseError } from "./error.js";
import type { Session } from "./network-binding.js";
import type * as contract from "./tilewise.js";
import { pack, packOptions, result } from "./wire.js";

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
  #session: Session | undefined;
  #free = liberator();
  #abort: Abort | undefined;
  #aborted = false;
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
    this.#aborted = true;
    this.#abort?.abort();
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
      const [{ Session, drive }] = await Promise.all([network(), init()]);
      const abort = new Abort(this.#options?.signal);
      this.#abort = abort;
      if (this.#aborted) throw new TilewiseError("aborted", "the request was aborted");
      const { text, data } = pack(this.#draft);
      const options = packOptions(this.#options);
      const pieces = result<Pieces>(allowedBody(text, options));
      this.#free = liberator();
      const session = Session.chat(options, Math.random(), Date.now());
      this.#session = session;
      await drive(session, pieces, data, abort, (events) => this.#take(events));
      return result(session.end());
    } catch (cause) {
      throw failure(cause, this.#partial());
    } finally {
      this.#abort?.end();
      if (this.#session) this.#free(this.#session);
      this.#session = undefined;
      this.#ended = true;
      this.#announce();
    }
  }

  #take(batch: string | undefined): void {
    if (batch === undefined) return;
    this.#batches.push(batch);
    this.#announce();
  }

  /** As far as it came; nothing where the binary itself gave up. */
  #partial(): contract.ChatResult | undefined {
    try {
      return this.#session && result<contract.ChatResult>(this.#session.result());
    } catch {
      return undefined;
    }
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

/** A chat as an async iterable of events and a promise of the result. */
import { init } from "./binary.js";
import { ChatSession, Step } from "./binding.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import type * as contract from "./tilewise.js";
import { pause, Silence } from "./timer.js";

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
  #session: ChatSession | undefined;
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
    this.#session?.abort();
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
      if (this.#aborted) throw new TilewiseError("aborted", "the request was aborted");
      const session = new ChatSession(this.#draft, this.#options);
      this.#session = session;
      return await this.#drive(session);
    } catch (cause) {
      throw toTilewiseError(cause, this.#partial());
    } finally {
      this.#session?.free();
      this.#session = undefined;
      this.#ended = true;
      this.#announce();
    }
  }

  /** Does what the session says, until it is over. */
  async #drive(session: ChatSession): Promise<contract.ChatResult> {
    const silence = new Silence(session.timeoutMs, () => session.timeOut());
    let response: Response | undefined;
    try {
      for (;;) {
        switch (session.step) {
          case Step.Send: {
            const request = await session.request();
            silence.begin();
            response = await send(session, request);
            silence.end();
            break;
          }
          case Step.Wait:
            this.#take(session.events());
            await pause(session.waitMs, session.signal);
            if (session.signal.aborted) session.failed(undefined, false, Date.now());
            else session.waited();
            break;
          case Step.Read:
            silence.begin();
            await this.#read(session, response, silence);
            silence.end();
            break;
          case Step.Over:
            this.#take(session.events());
            return session.end() as contract.ChatResult;
        }
      }
    } finally {
      silence.end();
      // An answer without a body may keep its connection open, and a Node process with it.
      session.abort();
    }
  }

  async #read(session: ChatSession, response: Response | undefined, silence: Silence): Promise<void> {
    const reader = response?.body?.getReader();
    const { signal } = session;
    let aborted = signal.aborted;
    // Whoever stops listening frees the connection. What broke rejects, and is known to be broken.
    const cancel = () => {
      aborted = true;
      reader?.cancel().catch(() => {});
    };
    signal.addEventListener("abort", cancel);
    try {
      while (session.step === Step.Read) {
        let chunk: ReadableStreamReadResult<Uint8Array> | undefined;
        let cause: unknown;
        try {
          chunk = await reader?.read();
        } catch (failure) {
          cause = failure;
        }
        // A reader that is cancelled ends as if the answer had.
        if (aborted || cause !== undefined) {
          session.failed(cause, true, Date.now());
          return;
        }
        silence.heard();
        if (chunk?.value) {
          this.#take(session.received(chunk.value, silence.heardMs));
        } else {
          session.ended(silence.heardMs);
          this.#take(session.events());
        }
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
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
      return this.#session?.result() as contract.ChatResult | undefined;
    } catch {
      return undefined;
    }
  }

  #announce(): void {
    this.#news?.resolve();
    this.#news = undefined;
  }
}

async function send(session: ChatSession, request: Request): Promise<Response | undefined> {
  try {
    // The signal stands beside the request, not in it: Node lets go of that of a request that was collected.
    const response = await fetch(request, { signal: session.signal });
    const { headers, status } = response;
    session.answered(status, headers.get("retry-after") ?? undefined, headers.get("date") ?? undefined, Date.now());
    return response;
  } catch (cause) {
    session.failed(cause, false, Date.now());
    return undefined;
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

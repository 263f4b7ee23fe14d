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

  [Symbol.asyncIterator](): AsyncIterator<contract.ChatEvent, undefined> {
    const result = this.#start();
    let next = 0;
    let left = false;
    const end = { done: true, value: undefined } as const;
    return {
      next: async () => {
        for (;;) {
          const event = left ? undefined : this.#events[next];
          if (event) {
            next += 1;
            return { done: false, value: event };
          }
          if (left) return end;
          if (this.#ended) {
            left = true;
            await result;
            return end;
          }
          await this.#news.promise;
        }
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
            this.#take(session);
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
            this.#take(session);
            return session.end() as contract.ChatResult;
        }
      }
    } finally {
      silence.end();
    }
  }

  async #read(session: ChatSession, response: Response | undefined, silence: Silence): Promise<void> {
    const reader = response?.body?.getReader();
    const { signal } = session;
    // Whoever stops listening frees the connection. What broke rejects, and is known to be broken.
    const cancel = () => void reader?.cancel().catch(() => {});
    signal.addEventListener("abort", cancel);
    try {
      while (session.step === Step.Read) {
        let chunk: ReadableStreamReadResult<Uint8Array> | undefined;
        try {
          chunk = await reader?.read();
          // A reader that is cancelled ends as if the answer had.
          signal.throwIfAborted();
        } catch (cause) {
          session.failed(cause, true, Date.now());
          return;
        }
        silence.heard();
        if (chunk?.value) session.received(chunk.value, silence.heardMs);
        else session.ended(silence.heardMs);
        this.#take(session);
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  }

  #take(session: ChatSession): void {
    const events = session.events();
    if (events === undefined) return;
    for (const event of JSON.parse(events) as contract.ChatEvent[]) this.#events.push(event);
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
    this.#news.resolve();
    this.#news = signal();
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

function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

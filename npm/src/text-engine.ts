/** Loads the tokenizer and calls it. */
import { networkError, panicked, TilewiseError, toTilewiseError } from "./error.js";
import { requireOk, sourceOf, type Source } from "./sources.js";
import instantiate, { __wbg_reset_state as renew, countText as count, countedBody as countedInBody, countedText as counted } from "./text-binding.js";
import type { countText as contract, PreloadOptions } from "./tilewise.js";

/** Bytes of the binary, which the build writes here. */
declare const TEXT_WASM_BYTES: number;

/** For who loads the tokenizer without the main entry, which says where binaries lie. */
export { setSources } from "./sources.js";

type Progress = Parameters<NonNullable<PreloadOptions["onProgress"]>>[0];

/** All who wait for the tokenizer share one. */
interface Attempt {
  done: Promise<void>;
  controller: AbortController;
  progress: Progress;
  listeners: Set<() => void>;
  waiting: number;
}

let isReady = false;
let attempt: Attempt | undefined;

export async function load({ signal, onProgress }: PreloadOptions): Promise<void> {
  if (isReady) return;
  if (signal?.aborted) throw aborted(signal);
  const joined = (attempt ??= begin());
  joined.waiting += 1;
  let leave: (cause: unknown) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = reject;
  });
  const abort = () => leave(aborted(signal));
  const report = () => {
    try {
      onProgress?.({ ...joined.progress });
    } catch (cause) {
      leave(toTilewiseError(cause));
    }
  };
  joined.listeners.add(report);
  signal?.addEventListener("abort", abort);
  report();
  try {
    await Promise.race([joined.done, left]);
  } finally {
    joined.listeners.delete(report);
    signal?.removeEventListener("abort", abort);
    joined.waiting -= 1;
    if (joined.waiting === 0 && attempt === joined) {
      attempt = undefined;
      joined.controller.abort();
    }
  }
}

export const countText = (text: string, options: Parameters<typeof contract>[1]): number => call(() => count(text, options) as number);

/** The text of a draft where it is counted exactly, as the main program takes it. */
export const countedText = (draft: unknown, options: unknown, all: boolean): unknown => call(() => counted(draft, options, all));

/** That of a body which another client wrote. */
export const countedBody = (body: string, model: string): unknown => call(() => countedInBody(body, model));

function begin(): Attempt {
  const controller = new AbortController();
  const progress = { loadedBytes: 0, totalBytes: TEXT_WASM_BYTES };
  const listeners = new Set<() => void>();
  const report = (loadedBytes: number) => {
    progress.loadedBytes = loadedBytes;
    for (const listener of listeners) listener();
  };
  const done = run(controller.signal, report).catch((cause: unknown) => {
    throw cause instanceof TypeError ? networkError("text.wasm", toTilewiseError(cause)) : toTilewiseError(cause);
  });
  // Who has left is not told.
  done.catch(() => {});
  return { done, controller, progress, listeners, waiting: 0 };
}

async function run(signal: AbortSignal, report: (loadedBytes: number) => void): Promise<void> {
  const source = sourceOf("text");
  if (source === undefined) {
    const message = 'import "tilewise/text", which has the tokenizer, or tell `init` where text.wasm lies';
    throw new TilewiseError("not_initialized", message);
  }
  const module = await compile(await source, signal, report);
  signal.throwIfAborted();
  await instantiate({ module_or_path: module });
  report(TEXT_WASM_BYTES);
  isReady = true;
}

async function compile(source: Awaited<Source>, signal: AbortSignal, report: (loadedBytes: number) => void): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof Response) return WebAssembly.compile(await read(source, signal, report));
  if (typeof source === "string" || source instanceof URL || source instanceof Request) {
    return WebAssembly.compile(await read(await fetch(source, { signal }), signal, report));
  }
  return WebAssembly.compile(source as BufferSource);
}

async function read(response: Response, signal: AbortSignal, report: (loadedBytes: number) => void): Promise<BufferSource> {
  requireOk(response);
  const reader = response.body?.getReader();
  if (!reader) return response.arrayBuffer();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    if (signal.aborted) void reader.cancel(signal.reason);
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    report(length);
  }
  return new Blob(chunks as BlobPart[]).arrayBuffer();
}

/** Calls the binary. One that panicked may hold anything, so another instance takes its place. */
function call<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error)) throw toTilewiseError(cause);
    renew();
    throw panicked(cause);
  }
}

function aborted(signal: AbortSignal | undefined): TilewiseError {
  return new TilewiseError("aborted", "the loading was aborted", { cause: signal?.reason });
}

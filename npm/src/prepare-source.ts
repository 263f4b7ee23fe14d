/** Whatever holds an image, as workers take it without a copy. */
import { TilewiseError } from "./error.js";
import type { MediaSource } from "./tilewise.js";

/** File and pixels lie in the same memory, which has 4 GiB. */
const MAX_SOURCE_BYTES = 256 * 1024 * 1024;

/** A string is a `data:` URL, which the binary decodes: a content security policy may forbid to fetch it. */
export async function toFile(source: MediaSource, signal: AbortSignal | undefined): Promise<Blob | string> {
  const file = await read(source, signal);
  checkLength(typeof file === "string" ? (file.length * 3) / 4 : file.size);
  return file;
}

async function read(source: MediaSource, signal: AbortSignal | undefined): Promise<Blob | string> {
  if (source instanceof Blob) return source;
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    return new Blob([source as Uint8Array<ArrayBuffer>]);
  }
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw invalid("it must be a Blob, an ArrayBuffer, a Uint8Array, a URL or a string");
  }
  const url = String(source).trimStart();
  if (/^data:/i.test(url)) return url;
  if (/^https?:/i.test(url)) return download(url, signal);
  throw invalid("a string must be an http(s): or data: URL");
}

function invalid(why: string): TilewiseError {
  return new TilewiseError("invalid_argument", `source: ${why}`);
}

function checkLength(length: number): void {
  if (length > MAX_SOURCE_BYTES) {
    const allowed = MAX_SOURCE_BYTES / 2 ** 20;
    throw new TilewiseError("limit", `the source is longer than the ${allowed} MiB that are decoded`);
  }
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Blob> {
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok) {
      await response.body?.cancel();
      const { status } = response;
      throw new TilewiseError("http", `the server answered ${status}`, { status });
    }
    checkLength(Number(response.headers.get("content-length")));
    return new Blob(await chunks(response));
  } catch (cause) {
    if (cause instanceof TilewiseError) throw cause;
    const message = "the image could not be fetched: no connection, or a server that does not let this page read it (CORS)";
    throw new TilewiseError("network", message, { cause });
  }
}

/** What a server says of its length need not be true. */
async function chunks(response: Response): Promise<Uint8Array<ArrayBuffer>[]> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || !value) return chunks;
    chunks.push(value);
    length += value.length;
    if (length > MAX_SOURCE_BYTES) await reader?.cancel();
    checkLength(length);
  }
}

/** What crosses into the binary and back: JSON. Data stay here; of each, its length and its name cross. */
import { TilewiseError } from "./error.js";
import type { Draft, EndpointOptions, MediaPart } from "./tilewise.js";

export type Data = Blob | ArrayBuffer | Uint8Array;

/** Of a result that is an error. */
const FAILURE = "!";

/** Numbers that JSON does not know cross as text, which the binary refuses. */
const told = (_: string, item: unknown) => (typeof item === "number" && !Number.isFinite(item) ? `${item}` : item);

/** An argument as JSON. */
export function json(what: string, value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? "null";
    // JSON writes such a number as null. To look at every value takes several times as long as to write them.
    return text.includes("null") ? (JSON.stringify(value, told) ?? text) : text;
  } catch (cause) {
    throw invalid(what, "it cannot be written as JSON", cause);
  }
}

export const invalid = (what: string, why: string, cause?: unknown): TilewiseError =>
  new TilewiseError("invalid_argument", `${what}: ${why}`, { cause });

/** What the binary answered, or its error thrown as it came: `toTilewiseError` makes one of it. */
export function result<T>(text: string): T {
  if (text.startsWith(FAILURE)) throw JSON.parse(text.slice(FAILURE.length));
  return JSON.parse(text) as T;
}

/** A draft as it crosses, and the data of its media in the order in which a body asks for them. */
export function pack(draft: Draft): { text: string; data: (Data | undefined)[] } {
  const data: (Data | undefined)[] = [];
  const parts = (media: unknown) =>
    Array.isArray(media)
      ? media.map((part: MediaPart | null) => {
          data.push(isData(part?.data) ? part.data : undefined);
          return { ...part, data: described(part?.data) };
        })
      : media;
  const media = parts(draft?.media);
  const history = draft?.history as unknown;
  const extra = draft?.extra as unknown;
  const text = json("draft", {
    ...draft,
    media,
    history: Array.isArray(history)
      ? history.map((message: { media?: unknown } | null) =>
          message?.media == null ? own("history", message) : { ...message, media: parts(message.media) },
        )
      : history,
    extra: isPlain(extra) ? fields(extra) : extra && "",
  });
  return { text, data };
}

/** Options of an endpoint as they cross: a signal stays here. */
export function packOptions(options: EndpointOptions | null | undefined): string {
  const { signal: _, headers, ...rest } = options ?? {};
  return json("options", { ...rest, headers: headers && Object.entries(headers).flat() });
}

const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/** Names and values in turn. As in any object that is sent as JSON, an undefined field is none. */
const fields = (extra: object): unknown[] =>
  Object.entries(extra)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [name, own(`extra.${name}`, value)]);

/** A value of the caller's, as JavaScript itself would send it. */
function own(what: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw invalid(what, "it cannot be written as JSON", cause);
  }
}

export const isData = (value: unknown): value is Data =>
  value instanceof Blob || value instanceof Uint8Array || value instanceof ArrayBuffer;

export const sizeOf = (data: Data): number => (data instanceof Blob ? data.size : data.byteLength);

/** Anything but data crosses as text, which the binary refuses. */
function described(data: unknown): unknown {
  if (data == null) return undefined;
  if (!isData(data)) return "";
  return { bytes: sizeOf(data), name: data instanceof Blob && "name" in data ? data.name : undefined };
}

/** A part of data; nothing else is read. */
export async function read(data: Data, start: number, end: number): Promise<Uint8Array> {
  if (!(data instanceof Blob)) {
    // A view of a buffer that was transferred away would throw.
    const bytes = data instanceof Uint8Array ? data : data.byteLength > 0 ? new Uint8Array(data) : new Uint8Array();
    return bytes.subarray(start, end);
  }
  try {
    // In Chromium a slice of a file takes a quarter of the time of a read.
    const part = start === 0 && end === data.size ? data : data.slice(start, end);
    return new Uint8Array(await part.arrayBuffer());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw invalid("source", `it cannot be read; is it a folder, or has the file changed? ${why}`, cause);
  }
}

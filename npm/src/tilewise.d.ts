/**
 * Know what a vision request will cost, and whether it will be accepted, before a byte leaves the
 * browser. Then send it and watch the answer stream in.
 *
 * Units are in the names or in the comment: pixels, bytes, milliseconds, tokens, US dollars.
 */

/** Where the WebAssembly binary comes from. Leave it out: the package finds its own binary in
 *  browsers, bundlers, Node, Deno, Bun and Workers. */
export type WasmSource = string | URL | Request | Response | ArrayBuffer | ArrayBufferView | WasmModule;

/** `WebAssembly.Module`, where TypeScript knows WebAssembly: by its library DOM, or by the runtime's own types. */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : never;

/** Loads the binary. Idempotent. Every function that returns a promise or an async iterable awaits
 *  it by itself; the synchronous ones throw `TilewiseError` with code "not_initialized" before it. */
export default function init(source?: WasmSource | Promise<WasmSource>, others?: OtherSources | null): Promise<void>;

/** Where the binaries lie that are loaded later. Needed where `init` is told where the first lies and the package
 *  cannot find these beside its script. */
export interface OtherSources {
  /** `formats.wasm`: for the first file that is no PNG, JPEG, GIF or WebP. */
  formats?: WasmSource | Promise<WasmSource>;
  /** `network.wasm`: for the first chat, list of models or file behind a URL. */
  network?: WasmSource | Promise<WasmSource>;
}

// ── Inspect ────────────────────────────────────────────────────────────────────────────────────

/** A string is an http(s): or data: URL. A remote URL is read with Range requests, or from its start as
 *  far as needed where its server does not do them. */
export type MediaSource = Blob | ArrayBuffer | Uint8Array | URL | string;

export interface InspectOptions {
  signal?: AbortSignal;
  /** Most bytes that may be read before giving up with code "read_limit". Default 8 MiB. */
  maxBytes?: number;
}

/** Reads as little of the source as its format allows: never the whole of a large file. */
export function inspect(source: MediaSource, options?: InspectOptions): Promise<MediaFacts>;

export type MediaFacts = ImageFacts | VideoFacts;

interface CommonFacts {
  /** The type that the bytes show, never the one that a file name or a header claims. */
  mime: string;
  /** Size of the whole source in bytes; null where the server does not tell. */
  bytes: number | null;
  /** Bytes that were read to learn this. */
  bytesRead: number;
  /** Stored size in pixels: what a decoder that ignores rotation yields. */
  width: number;
  height: number;
  /** Size in pixels as a viewer shows it: rotated, cropped, with square pixels. */
  displayWidth: number;
  displayHeight: number;
}

export interface ImageFacts extends CommonFacts {
  kind: "image";
  format: "png" | "jpeg" | "gif" | "webp" | "bmp" | "tiff" | "ico" | "avif" | "heic" | "jxl" | "svg";
  /** EXIF orientation, or its equal from irot/imir. 1 is upright. */
  orientation: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** null where only decoding would tell. */
  animated: boolean | null;
  hasAlpha: boolean | null;
}

export interface VideoFacts extends CommonFacts {
  kind: "video";
  format: "mp4" | "mov" | "webm" | "mkv" | "avi" | "mpeg" | "flv" | "wmv" | "3gp";
  /** Clockwise degrees by which a player turns the frames. */
  rotation: 0 | 90 | 180 | 270;
  /** Of what is shown: edits are applied. Null, as the figures below, where the file does not say. */
  durationMs: number | null;
  /** Average frames a second. */
  frameRate: number | null;
  /** Frames that are shown. */
  frameCount: number | null;
  /** Its short name, whatever the container calls it: "h264", "hevc", "vp9", "av1", "mpeg4"; what has none
   *  goes by the container's own. */
  codec: string | null;
  hasAudio: boolean | null;
}

// ── Models ─────────────────────────────────────────────────────────────────────────────────────

export interface Model {
  /** As the endpoint spells it: "moonshotai/Kimi-K2.6". */
  id: string;
  name: string;
  vision: boolean;
  contextTokens: number | null;
  /** US dollars for one million tokens; null where no published figure is known. */
  price: { input: number | null; cachedInput: number | null; output: number | null };
  limits: Limits;
  /** Formats that the endpoint decodes; empty where they are not known. */
  formats: MediaFacts["format"][];
  /** Whether the endpoint's own list names it; null where no list was asked. */
  listed: boolean | null;
  /** Where each figure comes from, and the day it was read there. */
  sources: { what: string; url: string; checked: string }[];
}

export interface Limits {
  maxImages: number | null;
  maxVideos: number | null;
  /** Bytes of all media passed by URL. */
  maxMediaBytes: number | null;
  /** Bytes of one image passed by URL. */
  maxImageBytes: number | null;
  /** Bytes of the JSON request body, base64 media included. */
  maxBodyBytes: number | null;
}

/** The models known offline. */
export function models(): Model[];
/**
 * The endpoint's own list (GET /models), merged over the offline one: live prices and context win. Models
 * that only the endpoint knows come with its prices and without limits, formats or a rule; those that it
 * does not name come last, with `listed` false. Give the list to `estimate` as `models`.
 *
 * Rejects with the codes of `chat`: "http" and "network" after retries, "stream" where no list came.
 */
export function listModels(options: EndpointOptions): Promise<Model[]>;

// ── Estimate ───────────────────────────────────────────────────────────────────────────────────

export type Detail = "low" | "high" | "original" | "auto";

export interface MediaPart {
  facts: MediaFacts;
  /** "url": the endpoint fetches `url`. "base64": `data` travels in the body. */
  via: "url" | "base64";
  url?: string;
  data?: Blob | ArrayBuffer | Uint8Array;
  detail?: Detail;
}

export interface Draft {
  model: string;
  text: string;
  media: MediaPart[];
  system?: string;
  /**
   * Earlier turns, which are sent and paid again: in the endpoint's own message format, or a question as
   * a draft had it. Pictures and videos in it are counted, those in `data:` URLs as well; others that a
   * message of the endpoint's own format names by address are not, and a note says so.
   */
  history?: (
    | { role: "user" | "assistant" | "system"; content: unknown }
    | { role: "user"; text: string; media: MediaPart[] }
  )[];
  maxTokens?: number;
  /** Any other field of the request body, passed through as it is. */
  extra?: Record<string, unknown>;
}

export interface EstimateOptions {
  /** "published": the provider's documented rule, one token a 14×14 tile. "processor": the model's own
   *  published image processor. Default "published". */
  rule?: "published" | "processor";
  /** Overrides the model's price. US dollars for one million tokens. A field that is undefined or null
   *  keeps the model's; so with `limits`. */
  price?: Partial<Model["price"]>;
  limits?: Partial<Limits>;
  /** Frames sampled from a video each second. Default: the model's. */
  sampleFps?: number;
  /** Share of the input expected from the prompt cache, 0 to 1. Default 0. */
  cachedShare?: number;
  /** The models to look the draft's up in, as `listModels` gives them. Default: those known offline. */
  models?: Model[];
}

/** Pure and synchronous: no I/O, no clock. */
export function estimate(draft: Draft, options?: EstimateOptions): Estimate;

export interface Estimate {
  model: string;
  rule: "published" | "processor";
  /** One for each of draft.media, in order. */
  media: MediaEstimate[];
  /** Of all media, those of earlier turns included. */
  mediaTokens: number;
  /** Of these, the tokens of earlier turns' media. */
  earlierMediaTokens: number;
  /** Approximate: `text.low` to `text.high` bounds it. */
  text: { tokens: number; low: number; high: number };
  inputTokens: number;
  cost: {
    /** null where the price is not known. */
    inputUsd: number | null;
    /** For maxTokens of output; null without maxTokens or a price. */
    maxOutputUsd: number | null;
  };
  /** Exact length in bytes of the JSON body that `chat` would send, not counting base64 data that
   *  has no known length. */
  bodyBytes: number;
  /** Empty where the endpoint's published limits all hold. */
  violations: Violation[];
  /** What the estimate cannot know, in plain words. */
  notes: string[];
  /** The draft's maxTokens. */
  maxOutputTokens: number | null;
  /** The prices that it was computed with. */
  price: Model["price"];
  /** Between which counts the input lies by each rule: what `reconcile` holds a bill against. */
  bounds: {
    published: { low: number; high: number } | null;
    processor: { low: number; high: number } | null;
  };
}

export interface MediaEstimate {
  /** By each rule; null where the rule does not cover the medium. */
  tokens: { published: number | null; processor: number | null };
  /** The tile grid of the chosen rule, for one frame. */
  grid: Grid | null;
  /** Frames counted; 1 for an image. */
  frames: number;
  usd: number | null;
}

/** How a frame is cut into tiles. All sides in pixels of the frame as the rule sees it. */
export interface Grid {
  columns: number;
  rows: number;
  /** Side of a tile. */
  tile: number;
  /** Size of the frame that is cut: scaled and padded, where the rule does that. */
  width: number;
  height: number;
  /** Size of the picture inside that frame; the rest is padding. */
  contentWidth: number;
  contentHeight: number;
}

export interface Violation {
  code:
    | "unknown_model" | "not_a_vision_model"
    | "too_many_images" | "too_many_videos"
    | "image_too_large" | "media_too_large" | "body_too_large"
    | "unsupported_format" | "url_not_https" | "url_not_public"
    | "size_unknown" | "context_exceeded" | "rotated" | "animated";
  /** An error would be refused by the endpoint; a warning would not do what one expects. */
  severity: "error" | "warning";
  /** Index into draft.media, or null for the whole request. */
  media: number | null;
  actual: number | null;
  allowed: number | null;
  message: string;
  /** What would mend it, in plain words. */
  fix: string | null;
}

// ── Request ────────────────────────────────────────────────────────────────────────────────────

/** The body that `chat` sends, as a plain object. */
export function requestBody(draft: Draft, options?: { stream?: boolean }): Promise<Record<string, unknown>>;
/** Runnable code that sends the draft. Base64 data is read from a file name, never inlined: the name of
 *  a `File`, or `image-1.jpeg` and so on. The key comes from the environment, as BASETEN_API_KEY. */
export function snippet(
  draft: Draft,
  language: "python" | "javascript" | "curl",
  options?: { baseUrl?: string },
): string;

export interface EndpointOptions {
  /** Default "https://inference.baseten.co/v1". */
  baseUrl?: string;
  apiKey?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /**
   * Retries before the first byte of an answer: 408, 409, 429, 5xx, a dropped connection. Default 2. The
   * wait doubles from half a second on, half of it left to chance, or is what `Retry-After` asks for, in
   * either form; where that is more than 30 seconds, the answer rejects with code "http" instead.
   */
  maxRetries?: number;
  /** Longest silence in milliseconds, before the answer and inside it. Default 60000. */
  timeoutMs?: number;
}

export interface ChatOptions extends EndpointOptions {
  /** Send although `estimate` finds an error. Default false: rejects with code "limit". */
  force?: boolean;
  /** What that estimate assumes, such as limits of your own or the models that the endpoint lists. */
  estimate?: EstimateOptions;
}

/** Starts when it is first iterated or `result` is first awaited. Leaving the loop aborts the request. */
export function chat(draft: Draft, options: ChatOptions): ChatStream;

export interface ChatStream extends AsyncIterable<ChatEvent> {
  readonly result: Promise<ChatResult>;
  abort(): void;
}

export type ChatEvent =
  | { type: "reasoning"; text: string }
  | { type: "text"; text: string }
  | { type: "tool_call"; index: number; id: string | null; name: string | null; arguments: string }
  | { type: "usage"; usage: Usage }
  | { type: "finish"; reason: string }
  | { type: "retry"; attempt: number; waitMs: number; cause: string };

export interface Usage {
  inputTokens: number | null;
  outputTokens: number | null;
  cachedInputTokens: number | null;
  reasoningTokens: number | null;
}

export interface ChatResult {
  id: string | null;
  model: string | null;
  text: string;
  reasoning: string;
  finishReason: string | null;
  usage: Usage | null;
  /** Milliseconds from the start to the first token, and to the end. */
  firstTokenMs: number | null;
  totalMs: number;
}

// ── Reconcile ──────────────────────────────────────────────────────────────────────────────────

/**
 * Holds an estimate against the usage that came back, and says which rule the bill followed. Where none
 * came, as after an abort, `answer` bounds what the request may have cost: the result as far as it came,
 * which an error carries as `partial`.
 */
export function reconcile(
  estimate: Estimate,
  usage: Usage | null,
  answer?: Partial<ChatResult> | null,
): Reconciliation;

export interface Reconciliation {
  inputTokens: { estimated: number; reported: number | null; difference: number | null };
  /** Of the input. */
  usd: { estimated: number | null; reported: number | null };
  /** null where the two rules are too close to tell apart. */
  follows: "published" | "processor" | "neither" | null;
  parts: {
    /** A bill does not tell media from text: what it leaves for media, between the bounds of the text. */
    media: { estimated: number; low: number | null; high: number | null };
    /** As estimated. */
    text: { tokens: number; low: number; high: number };
    /** The input that was not cached, and the input that was. */
    freshInput: BilledPart;
    cachedInput: BilledPart;
    output: BilledPart;
    /** Of the output. */
    reasoning: BilledPart;
  };
  /**
   * Input and output. The same twice where the endpoint reported both; otherwise bounds, of which
   * `highUsd` is null where nothing bounds it: an answer without `maxTokens` that broke off.
   */
  cost: { lowUsd: number | null; highUsd: number | null };
}

/** null where a count was not reported, or a price is not known. */
export interface BilledPart {
  tokens: number | null;
  usd: number | null;
}

// ── Errors ─────────────────────────────────────────────────────────────────────────────────────

export class TilewiseError extends Error {
  readonly code:
    | "not_initialized" | "invalid_argument"
    | "unsupported_format" | "malformed" | "truncated" | "read_limit"
    | "limit" | "network" | "http" | "stream" | "timeout" | "aborted" | "internal";
  /** HTTP status, for code "http". */
  readonly status?: number;
  /** The endpoint's own error body, for "http" and "stream". */
  readonly body?: unknown;
  readonly violations?: Violation[];
  /** Of `chat`: the answer as far as it came, with usage if that came. */
  readonly partial?: ChatResult;
}

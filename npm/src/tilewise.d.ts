/**
 * Know what a vision request will cost, and whether it will be accepted, before a byte leaves the
 * browser. Then send it and watch the answer stream in.
 *
 * Units are in the names or in the comment: pixels, bytes, milliseconds, tokens, US dollars. Counts and
 * sizes are whole numbers, 0 or more. `null` says that a figure is not known, never that it is 0.
 *
 * Whatever fails does so with a {@link TilewiseError}. Where a function may fail with code "internal", that
 * is a fault of tilewise itself, or a binary that could not be loaded.
 *
 * @module tilewise
 */

/** Where the WebAssembly binary comes from. Leave it out: the package finds its own binary in
 *  browsers, bundlers, Node, Deno, Bun and Workers. */
export type WasmSource = string | URL | Request | Response | ArrayBuffer | ArrayBufferView | WasmModule;

/** `WebAssembly.Module`, where TypeScript knows WebAssembly: by its library DOM, or by the runtime's own types.
 *  @internal */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : never;

/** Loads the binary. Idempotent. Every function that returns a promise or an async iterable awaits
 *  it by itself; the synchronous ones throw `TilewiseError` with code "not_initialized" before it.
 *
 *  @param source Looked at by the first call alone, unless that fails. Default: the package's own binary.
 *  @param others Likewise, for the binaries that are loaded when they are first needed.
 *  @throws {@link TilewiseError} "internal": the binary cannot be fetched or is none; the error's `cause` says
 *  more. The next call tries again. */
export default function init(source?: WasmSource | Promise<WasmSource>, others?: OtherSources | null): Promise<void>;

/** Where the binaries lie that are loaded later. Needed where `init` is told where the first lies and the package
 *  cannot find these beside its script. */
export interface OtherSources {
  /** `formats.wasm`: for the first file that is no PNG, JPEG, GIF or WebP. Default: beside the script. */
  formats?: WasmSource | Promise<WasmSource>;
  /** `network.wasm`: for the first chat, list of models or file behind a URL. Default: beside the script. */
  network?: WasmSource | Promise<WasmSource>;
}

// ── Inspect ────────────────────────────────────────────────────────────────────────────────────

/** A string is an http(s): or data: URL. A remote URL is read with Range requests, or from its start as
 *  far as needed where its server does not do them. */
export type MediaSource = Blob | ArrayBuffer | Uint8Array | URL | string;

/** What {@link inspect} may be told. */
export interface InspectOptions {
  /** Ends it with code "aborted". */
  signal?: AbortSignal;
  /** Most bytes that may be read before giving up with code "read_limit". A whole number, 0 or more. Default
   *  8 MiB. */
  maxBytes?: number;
}

/** Reads as little of the source as its format allows: never the whole of a large file.
 *
 *  @throws {@link TilewiseError} "unsupported_format" for what is no picture or video that can be read;
 *  "malformed" and "truncated" for a header that contradicts its format or ends too soon; "read_limit" for one
 *  that lies deeper than `maxBytes`; "invalid_argument" for a source that is none or cannot be read, and for
 *  options that mean nothing; "aborted" by the signal; "network" where the part of the package that reads
 *  this cannot be loaded; "internal". Of an address also "network" for no connection, one that broke, or a
 *  server that does not let the page read it; "http" for a status of error; "timeout" after 60 seconds of
 *  silence. */
export function inspect(source: MediaSource, options?: InspectOptions): Promise<MediaFacts>;

/** What a picture or a video is; `kind` tells which. */
export type MediaFacts = ImageFacts | VideoFacts;

/** What is known of pictures and videos alike. */
interface CommonFacts {
  /** The type that the bytes show, never the one that a file name or a header claims. */
  mime: string;
  /** Size of the whole source in bytes; null where the server does not tell. */
  bytes: number | null;
  /** Bytes that were read to learn this. */
  bytesRead: number;
  /** Stored width in pixels: what a decoder that ignores rotation yields. */
  width: number;
  /** Stored height in pixels, likewise. */
  height: number;
  /** Width in pixels as a viewer shows it: rotated, cropped, with square pixels. */
  displayWidth: number;
  /** Height in pixels as a viewer shows it. */
  displayHeight: number;
}

/** What a picture is, by its header. */
export interface ImageFacts extends CommonFacts {
  /** Tells it from a video. */
  kind: "image";
  /** The format that the bytes show. */
  format: "png" | "jpeg" | "gif" | "webp" | "bmp" | "tiff" | "ico" | "avif" | "heic" | "jxl" | "svg";
  /** EXIF orientation, or its equal from irot/imir. 1 is upright. */
  orientation: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** More than one frame; null where only decoding would tell. */
  animated: boolean | null;
  /** Transparency is possible; null where only decoding would tell. */
  hasAlpha: boolean | null;
}

/** What a video is, by its headers and indices. */
export interface VideoFacts extends CommonFacts {
  /** Tells it from a picture. */
  kind: "video";
  /** The container that the bytes show. */
  format: "mp4" | "mov" | "webm" | "mkv" | "avi" | "mpeg" | "flv" | "wmv" | "3gp";
  /** Clockwise degrees by which a player turns the frames. */
  rotation: 0 | 90 | 180 | 270;
  /** Milliseconds of what is shown: edits are applied. Null, as the figures below, where the file does not say. */
  durationMs: number | null;
  /** Average frames a second. */
  frameRate: number | null;
  /** Frames that are shown. */
  frameCount: number | null;
  /** Its short name, whatever the container calls it: "h264", "hevc", "vp9", "av1", "mpeg4"; what has none
   *  goes by the container's own. */
  codec: string | null;
  /** It has sound. */
  hasAudio: boolean | null;
}

// ── Models ─────────────────────────────────────────────────────────────────────────────────────

/** A model, with its published figures. */
export interface Model {
  /** As the endpoint spells it: "moonshotai/Kimi-K2.6". */
  id: string;
  /** For people: "Kimi K2.6". */
  name: string;
  /** It takes pictures. */
  vision: boolean;
  /** Most tokens of input and output together; null where it is not known. */
  contextTokens: number | null;
  /** US dollars for one million tokens; null where no published figure is known. */
  price: {
    /** Of input that is not cached. */
    input: number | null;
    /** Of input from the prompt cache. */
    cachedInput: number | null;
    /** Of output, reasoning included. */
    output: number | null;
  };
  /** What the endpoint refuses. */
  limits: Limits;
  /** Formats that the endpoint decodes; empty where they are not known. */
  formats: MediaFacts["format"][];
  /** Whether the endpoint's own list names it; null where no list was asked. */
  listed: boolean | null;
  /** Where each figure comes from, and the day it was read there. */
  sources: {
    /** The document, or what is said there. */
    what: string;
    /** Its address. */
    url: string;
    /** The day, as "2026-11-23". */
    checked: string;
  }[];
}

/** The endpoint's published limits; null where none is known, and then none is held against a request.
 *  Baseten's are read from https://docs.baseten.co/inference/model-apis/vision, with a megabyte as 1,000,000 bytes. */
export interface Limits {
  /** Images of one request. */
  maxImages: number | null;
  /** Videos of one request. */
  maxVideos: number | null;
  /** Bytes of all media passed by URL. */
  maxMediaBytes: number | null;
  /** Bytes of one image passed by URL. */
  maxImageBytes: number | null;
  /** Bytes of the JSON request body, base64 media included. */
  maxBodyBytes: number | null;
}

/** The models known offline. Each names the source of its figures.
 *
 *  @throws {@link TilewiseError} "not_initialized" before {@link default | init}; "internal". */
export function models(): Model[];
/**
 * The endpoint's own list (GET /models), merged over the offline one: live prices and context win. Models
 * that only the endpoint knows come with its prices and without limits, formats or a rule; those that it
 * does not name come last, with `listed` false. Give the list to `estimate` as `models`.
 *
 * @throws {@link TilewiseError} Rejects with the codes of `chat`: "http" and "network" after retries, "stream"
 * where no list came, "timeout", "aborted", "invalid_argument" for options that mean nothing, "internal".
 */
export function listModels(options: EndpointOptions): Promise<Model[]>;

// ── Estimate ───────────────────────────────────────────────────────────────────────────────────

/** How closely the model should look. What "low" and "high" change is not published: an estimate assumes full
 *  resolution, and says so. */
export type Detail = "low" | "high" | "original" | "auto";

/** A picture or a video of a question. */
export interface MediaPart {
  /** As {@link inspect} gives them. */
  facts: MediaFacts;
  /** "url": the endpoint fetches `url`. "base64": `data` travels in the body. */
  via: "url" | "base64";
  /** A public https: address, by which the endpoint fetches it. An estimate does without. */
  url?: string;
  /** The file itself. An estimate does without, and then goes by `facts.bytes`. */
  data?: Blob | ArrayBuffer | Uint8Array;
  /** Sent as it is. Default: none is sent. */
  detail?: Detail;
}

/** A request before it is sent. */
export interface Draft {
  /** As the endpoint spells it: "moonshotai/Kimi-K2.6". */
  model: string;
  /** The question. */
  text: string;
  /** Its pictures and videos, in order. */
  media: MediaPart[];
  /** What the model is told before all turns. Default: nothing. */
  system?: string;
  /**
   * Earlier turns, which are sent and paid again: in the endpoint's own message format, or a question as
   * a draft had it. Pictures and videos in it are counted, those in `data:` URLs as well; others that a
   * message of the endpoint's own format names by address are not, and a note says so.
   */
  history?: (
    | {
        /** Whose message it is. */
        role: "user" | "assistant" | "system";
        /** As the endpoint takes it: text, or parts. */
        content: unknown;
      }
    | {
        /** A question is the user's. */
        role: "user";
        /** The question. */
        text: string;
        /** Its pictures and videos, in order. */
        media: MediaPart[];
      }
  )[];
  /** Most tokens of output, reasoning included. Default: none is sent, and the endpoint decides. */
  maxTokens?: number;
  /** Any other field of the request body, passed through as it is. */
  extra?: Record<string, unknown>;
}

/** What an estimate assumes. */
export interface EstimateOptions {
  /** "published": the provider's documented rule, one token a 14×14 tile
   *  (https://docs.baseten.co/inference/model-apis/vision). "processor": the model's own published image
   *  processor (https://huggingface.co/moonshotai/Kimi-K2.5). Default "published". */
  rule?: "published" | "processor";
  /** Overrides the model's price. US dollars for one million tokens, 0 to 1,000,000. A field that is undefined
   *  or null keeps the model's; so with `limits`. */
  price?: Partial<Model["price"]>;
  /** Overrides the model's limits. */
  limits?: Partial<Limits>;
  /** Frames sampled from a video each second, above 0. Default: the model's. */
  sampleFps?: number;
  /** Share of the input expected from the prompt cache, 0 to 1. Default 0. */
  cachedShare?: number;
  /** The models to look the draft's up in, as `listModels` gives them. Default: those known offline. */
  models?: Model[];
}

/** Pure and synchronous: no I/O, no clock.
 *
 *  @throws {@link TilewiseError} "invalid_argument" for a draft or options that lack something or mean nothing:
 *  the message names the place; "not_initialized" before {@link default | init}; "internal". What the endpoint
 *  would refuse is no error here: see `violations`. */
export function estimate(draft: Draft, options?: EstimateOptions): Estimate;

/** What a draft costs, and what the endpoint would say to it. */
export interface Estimate {
  /** The draft's. */
  model: string;
  /** By which `media`, `mediaTokens`, `inputTokens` and `cost` are counted. */
  rule: "published" | "processor";
  /** One for each of draft.media, in order. */
  media: MediaEstimate[];
  /** Of all media, those of earlier turns included. */
  mediaTokens: number;
  /** Of these, the tokens of earlier turns' media. */
  earlierMediaTokens: number;
  /** Approximate: `text.low` to `text.high` bounds it. Text of all turns, and the markers around messages and
   *  media. */
  text: {
    /** The likeliest count. */
    tokens: number;
    /** No fewer. */
    low: number;
    /** No more. */
    high: number;
  };
  /** Media and text together. */
  inputTokens: number;
  /** US dollars. */
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
  /** The draft's maxTokens; null without. */
  maxOutputTokens: number | null;
  /** The prices that it was computed with. */
  price: Model["price"];
  /** Between which counts the input lies by each rule: what `reconcile` holds a bill against. Null where a rule
   *  does not cover a medium, or the request holds what is not counted. */
  bounds: {
    /** By the provider's documented rule, in tokens. */
    published: {
      /** No fewer. */
      low: number;
      /** No more. */
      high: number;
    } | null;
    /** By the model's own processor, in tokens. */
    processor: {
      /** No fewer. */
      low: number;
      /** No more. */
      high: number;
    } | null;
  };
}

/** What one picture or video costs. */
export interface MediaEstimate {
  /** By each rule; null where the rule does not cover the medium. */
  tokens: {
    /** By the provider's documented rule. */
    published: number | null;
    /** By the model's own processor. */
    processor: number | null;
  };
  /** The tile grid of the chosen rule, for one frame; null where that does not cover the medium. */
  grid: Grid | null;
  /** Frames counted; 1 for an image, 0 where a video's are not known. */
  frames: number;
  /** US dollars of its tokens as input, by the chosen rule and without cache; null where it is not covered or
   *  the price is not known. */
  usd: number | null;
}

/** How a frame is cut into tiles. All sides in pixels of the frame as the rule sees it. */
export interface Grid {
  /** Tiles side by side. */
  columns: number;
  /** Tiles one above the other. */
  rows: number;
  /** Side of a tile. */
  tile: number;
  /** Width of the frame that is cut: scaled and padded, where the rule does that. */
  width: number;
  /** Height of that frame. */
  height: number;
  /** Width of the picture inside that frame; the rest is padding. */
  contentWidth: number;
  /** Height of the picture inside that frame. */
  contentHeight: number;
}

/** Something that the endpoint would refuse, or that would not do what one expects. */
export interface Violation {
  /** What to branch on. "unknown_model": in no list. "not_a_vision_model": it takes no pictures.
   *  "too_many_images", "too_many_videos": more than one request may hold. "image_too_large",
   *  "media_too_large", "body_too_large": more bytes than {@link Limits} allow. "unsupported_format": the model
   *  does not take it. "url_not_https", "url_not_public": the endpoint cannot fetch it. "size_unknown": limits in
   *  bytes cannot be held against it. "context_exceeded": more tokens than the model's context. "rotated": the
   *  model will not see it upright. "animated": it moves, and the model may see one frame of it. */
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
  /** What the request has, in the unit of the limit: media, bytes or tokens; null where nothing is counted. */
  actual: number | null;
  /** What is allowed, in the same unit; null where nothing is counted. */
  allowed: number | null;
  /** What is wrong, as a sentence. */
  message: string;
  /** What would mend it, in plain words. */
  fix: string | null;
}

// ── Request ────────────────────────────────────────────────────────────────────────────────────

/** The body that `chat` sends, as a plain object.
 *
 *  @param options `stream`: as for a streamed answer, which asks for usage too. Default true.
 *  @throws {@link TilewiseError} "invalid_argument" for a draft that lacks something, such as the `url` or the
 *  `data` of a medium, for data that cannot be read, and for a body that is too large for the runtime;
 *  "internal". */
export function requestBody(
  draft: Draft,
  options?: {
    /** Default true. */
    stream?: boolean;
  },
): Promise<Record<string, unknown>>;
/** Runnable code that sends the draft. Base64 data is read from a file name, never inlined: the name of
 *  a `File`, or `image-1.jpeg` and so on. The key comes from the environment, as BASETEN_API_KEY.
 *
 *  @throws {@link TilewiseError} "invalid_argument" for a draft, a language or an option that means nothing;
 *  "not_initialized" before {@link default | init}; "internal". */
export function snippet(
  draft: Draft,
  language: "python" | "javascript" | "curl",
  options?: {
    /** Default "https://inference.baseten.co/v1". */
    baseUrl?: string;
  },
): string;

/** Where an endpoint is, and how it is asked. */
export interface EndpointOptions {
  /** Default "https://inference.baseten.co/v1". */
  baseUrl?: string;
  /** Sent as `Authorization: Bearer`. Default: none is sent, as to a proxy that holds the key. */
  apiKey?: string;
  /** Further headers, which win over those of the package. */
  headers?: Record<string, string>;
  /** Ends it with code "aborted". */
  signal?: AbortSignal;
  /**
   * Retries before the first byte of an answer: 408, 409, 429, 5xx, a dropped connection. A whole number, 0 or
   * more. Default 2. The wait doubles from half a second on, half of it left to chance, or is what `Retry-After`
   * asks for, in either form; where that is more than 30 seconds, the answer rejects with code "http" instead.
   */
  maxRetries?: number;
  /** Longest silence in milliseconds, before the answer and inside it. A whole number above 0. Default 60000. */
  timeoutMs?: number;
}

/** How a draft is sent. */
export interface ChatOptions extends EndpointOptions {
  /** Send although `estimate` finds an error. Default false: rejects with code "limit". */
  force?: boolean;
  /** What that estimate assumes, such as limits of your own or the models that the endpoint lists. */
  estimate?: EstimateOptions;
}

/** Starts when it is first iterated or `result` is first awaited. Leaving the loop aborts the request.
 *
 *  @throws {@link TilewiseError} Never at once: the loop and `result` reject. "limit" where a published limit
 *  forbids the draft, in `violations`; "invalid_argument" for a draft or options that lack something or mean
 *  nothing; "http" for a status of error, after retries; "network" for no connection; "stream" for an answer that
 *  broke off, held an error, or was none; "timeout"; "aborted"; "internal". What came before is in `partial`. */
export function chat(draft: Draft, options: ChatOptions): ChatStream;

/** An answer on its way: its events, in a `for await` loop, and what they come to. */
export interface ChatStream extends AsyncIterable<ChatEvent> {
  /** The whole answer. It can be awaited with or without a loop. */
  readonly result: Promise<ChatResult>;
  /** Ends it with code "aborted"; of an answer that is complete nothing changes. */
  abort(): void;
}

/** What an answer says, bit by bit. */
export type ChatEvent =
  | {
      /** The model thinks. */
      type: "reasoning";
      /** The next piece of it. */
      text: string;
    }
  | {
      /** The model answers. */
      type: "text";
      /** The next piece of it. */
      text: string;
    }
  | {
      /** The model calls a tool. */
      type: "tool_call";
      /** Which call this is a part of. */
      index: number;
      /** The endpoint's name for the call; null where this part has none. */
      id: string | null;
      /** The tool; null where this part does not name it. */
      name: string | null;
      /** The next piece of JSON text. */
      arguments: string;
    }
  | {
      /** The bill came. */
      type: "usage";
      /** The counts so far. */
      usage: Usage;
    }
  | {
      /** The model ended. */
      type: "finish";
      /** Why, in the endpoint's words: "stop", "length", "tool_calls". */
      reason: string;
    }
  | {
      /** The request will be sent again. */
      type: "retry";
      /** 1 for the first retry. */
      attempt: number;
      /** Milliseconds until then. */
      waitMs: number;
      /** What went wrong, as a sentence. */
      cause: string;
    };

/** The tokens of a bill, as the endpoint reports them; null where it does not, which is not 0. */
export interface Usage {
  /** Of all that was sent. */
  inputTokens: number | null;
  /** Of all that was generated, reasoning included. */
  outputTokens: number | null;
  /** Of the input, those from the prompt cache. */
  cachedInputTokens: number | null;
  /** Of the output, those of reasoning. */
  reasoningTokens: number | null;
}

/** An answer, as far as it came. */
export interface ChatResult {
  /** The endpoint's name for the answer; null where it gave none. */
  id: string | null;
  /** The model that answered, as the endpoint says; null where it does not. */
  model: string | null;
  /** What the model said; "" where nothing came. */
  text: string;
  /** What it thought; "" where nothing came. */
  reasoning: string;
  /** Why it ended, in the endpoint's words: "stop", "length"; null where it did not. */
  finishReason: string | null;
  /** null where no bill came. */
  usage: Usage | null;
  /** Milliseconds from the start to the first token; null where none came. */
  firstTokenMs: number | null;
  /** Milliseconds from the start to the end. */
  totalMs: number;
}

// ── Reconcile ──────────────────────────────────────────────────────────────────────────────────

/**
 * Holds an estimate against the usage that came back, and says which rule the bill followed. Where none
 * came, as after an abort, `answer` bounds what the request may have cost: the result as far as it came,
 * which an error carries as `partial`.
 *
 * @throws {@link TilewiseError} "invalid_argument" for what is no estimate, usage or answer;
 * "not_initialized" before {@link default | init}; "internal".
 */
export function reconcile(
  estimate: Estimate,
  usage: Usage | null,
  answer?: Partial<ChatResult> | null,
): Reconciliation;

/** A bill beside its estimate. */
export interface Reconciliation {
  /** The input; null where none was reported. */
  inputTokens: {
    /** By the estimate's rule. */
    estimated: number;
    /** By the endpoint. */
    reported: number | null;
    /** Reported less estimated; below 0 where the bill is lower. */
    difference: number | null;
  };
  /** US dollars of the input. */
  usd: {
    /** null where the price is not known. */
    estimated: number | null;
    /** null where no usage was reported, or the price is not known. */
    reported: number | null;
  };
  /** The rule that the bill followed. null where the two rules are too close to tell apart, or nothing was
   *  reported. */
  follows: "published" | "processor" | "neither" | null;
  /** What makes up the bill. `media` and `text` are the input; `freshInput` and `cachedInput` are the same
   *  input again, as it is priced. */
  parts: {
    /** A bill does not tell media from text: what it leaves for media, between the bounds of the text. Tokens;
     *  null where no input was reported. */
    media: {
      /** By the estimate's rule. */
      estimated: number;
      /** No fewer. */
      low: number | null;
      /** No more. */
      high: number | null;
    };
    /** As estimated, in tokens. */
    text: {
      /** The likeliest count. */
      tokens: number;
      /** No fewer. */
      low: number;
      /** No more. */
      high: number;
    };
    /** The input that was not cached. */
    freshInput: BilledPart;
    /** The input that was cached. */
    cachedInput: BilledPart;
    /** All that was generated. */
    output: BilledPart;
    /** Of the output. */
    reasoning: BilledPart;
  };
  /**
   * Input and output, in US dollars. The same twice where the endpoint reported both; otherwise bounds, of which
   * `highUsd` is null where nothing bounds it: an answer without `maxTokens` that broke off. Both are null where
   * a price is not known.
   */
  cost: {
    /** No less. */
    lowUsd: number | null;
    /** No more. */
    highUsd: number | null;
  };
}

/** null where a count was not reported, or a price is not known. */
export interface BilledPart {
  /** As reported. */
  tokens: number | null;
  /** US dollars. */
  usd: number | null;
}

// ── Errors ─────────────────────────────────────────────────────────────────────────────────────

/** The one class of error. `message` is for people, `code` for programs, `cause` what a runtime threw. */
export class TilewiseError extends Error {
  /**
   * What to branch on. "not_initialized": a synchronous function before the binary was loaded.
   * "invalid_argument": an argument is missing or means nothing. "unsupported_format": no picture or video that
   * can be read. "malformed", "truncated": the header contradicts its format, or ends too soon. "read_limit": it
   * lies deeper than `maxBytes`. "limit": a published limit forbids the request, and nothing was sent; or no
   * picture meets a goal. "network": no connection, one that broke, or an answer that the page may not read.
   * "http": the server refused. "stream": the answer broke off, held an error, or was none. "timeout": nothing
   * came for too long. "aborted": as you wished. "internal": a fault of tilewise.
   */
  readonly code:
    | "not_initialized" | "invalid_argument"
    | "unsupported_format" | "malformed" | "truncated" | "read_limit"
    | "limit" | "network" | "http" | "stream" | "timeout" | "aborted" | "internal";
  /** HTTP status, for code "http". */
  readonly status?: number;
  /** The endpoint's own error body, for "http" and "stream": an object where it was JSON, else text. */
  readonly body?: unknown;
  /** The limits that forbid the request, for code "limit" of `chat`. */
  readonly violations?: Violation[];
  /** Of `chat`: the answer as far as it came, with usage if that came. */
  readonly partial?: ChatResult;
}

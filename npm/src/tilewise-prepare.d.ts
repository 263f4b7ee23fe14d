/**
 * The smallest change to a picture that a request needs: the second entry of the package. It holds the
 * codecs, so that an app that only inspects, estimates and sends never downloads them.
 *
 * Decoded are PNG, JPEG, GIF (the first frame), WebP, BMP and TIFF; in a browser also what it decodes by
 * itself, such as AVIF, SVG or, in Safari, HEIC. A picture that ends too soon or is damaged is an error,
 * never a half grey picture. Colours come out in sRGB, whatever profile a picture brings.
 *
 * The binary needs WebAssembly's vectors, which browsers have since 2023 at the latest, and Node 16.4.
 *
 * @packageDocumentation
 */

import type { ImageFacts, MediaSource, WasmSource } from "./tilewise.js";

export type { ImageFacts, MediaSource, WasmSource } from "./tilewise.js";
export { TilewiseError } from "./tilewise.js";

/** Loads the binary, which is another one than that of `tilewise`. Idempotent. `prepare` awaits it by
 *  itself; give it a source where the package cannot find its binary, as with the main entry.
 *
 *  @param source Looked at by the first call alone, unless that fails. Default: the package's own binary.
 *  @throws {@link TilewiseError} "network" where the binary's address answers with a status of error; "internal"
 *  where it cannot be fetched or is no such binary. The next call tries again. */
export default function init(source?: WasmSource | Promise<WasmSource>): Promise<void>;

/** What a picture should become, beside upright. */
export interface Goal {
  /** Largest encoded size in bytes. Met by the highest quality that fits, and only where not even quality
   *  40 does, or what the format loses nothing in, by a smaller size. */
  maxBytes?: number;
  /** Most tokens by `rule`. Met exactly, by the largest size that costs no more. */
  maxTokens?: number;
  /** The rule that `maxTokens` is counted by, as `rule` of `EstimateOptions`. Default "published". */
  rule?: "published" | "processor";
  /** Whose rules count tokens. Default: the first of `models()`. */
  model?: string;
  /** Longest side in pixels. */
  maxSide?: number;
  /** Default "auto": JPEG for opaque photographs, PNG or lossless WebP where there is alpha or few colours.
   *  WebP is always lossless. */
  format?: "auto" | "jpeg" | "png" | "webp";
  /** 1 to 100, where the format has one. Default: the highest that meets maxBytes, or 92 without. Where it
   *  is given, a JPEG is encoded again even if it meets the rest of the goal. */
  quality?: number;
}

/** How it is done. */
export interface PrepareOptions {
  /** Ends it at once, with code "aborted". */
  signal?: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** What a picture became. */
export interface Prepared {
  /** The file, with its media type. */
  blob: Blob;
  /** Those of `blob`, as `inspect` would give them. */
  facts: ImageFacts;
  /** What it costs by each rule. */
  tokens: {
    /** By the provider's documented rule. */
    published: number;
    /** By the model's own processor. */
    processor: number;
  };
  /** What was done, in order: "rotated 90°", "resized 4000×3000 → 1988×1491", "jpeg quality 82". */
  steps: string[];
  /** False where the source already met the goal: then `blob` is the source, untouched. A source that meets
   *  it but says where it was taken loses its metadata, and no pixel. */
  changed: boolean;
}

/**
 * Decodes, turns upright, resizes and re-encodes to meet the goal, off the main thread where there is a
 * Worker. Never enlarges. Metadata is dropped, GPS position included.
 *
 * @throws {@link TilewiseError} "unsupported_format" for what nobody here decodes; "malformed", "truncated" and
 * "read_limit" for damage, a file that is cut off, and a header deeper than 8 MiB; "limit" for a goal that no
 * picture meets, for pixels that take more than 512 MiB of memory and for sources of more than 256 MiB;
 * "invalid_argument" for a source or a goal that means nothing or cannot be read; "aborted" as soon as the signal
 * says so; "http" and "network" for an address that cannot be had, or a binary; "internal".
 */
export function prepare(source: MediaSource, goal: Goal, options?: PrepareOptions): Promise<Prepared>;

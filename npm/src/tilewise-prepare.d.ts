/**
 * The smallest change to a picture that a request needs: the second entry of the package. It holds the
 * codecs, so that an app that only inspects, estimates and sends never downloads them.
 *
 * Decoded are PNG, JPEG, GIF (the first frame), WebP, BMP and TIFF; in a browser also what it decodes by
 * itself, such as AVIF, SVG or, in Safari, HEIC. A picture that ends too soon or is damaged is an error,
 * never a half grey picture. Colours come out in sRGB, whatever profile a picture brings.
 *
 * The binary needs WebAssembly's vectors, which browsers have since 2023 at the latest, and Node 16.4.
 */

import type { ImageFacts, MediaSource, WasmSource } from "./tilewise.js";

export type { ImageFacts, MediaSource, WasmSource } from "./tilewise.js";
export { TilewiseError } from "./tilewise.js";

/** Loads the binary, which is another one than that of `tilewise`. Idempotent. `prepare` awaits it by
 *  itself; give it a source where the package cannot find its binary, as with the main entry. */
export default function init(source?: WasmSource | Promise<WasmSource>): Promise<void>;

export interface Goal {
  /** Largest encoded size in bytes. Met by the highest quality that fits, and only where not even quality
   *  40 does, or what the format loses nothing in, by a smaller size. */
  maxBytes?: number;
  /** Most tokens by `rule`. */
  maxTokens?: number;
  /** Default "published". */
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

export interface PrepareOptions {
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (share: number) => void;
}

export interface Prepared {
  blob: Blob;
  facts: ImageFacts;
  tokens: { published: number; processor: number };
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
 * Rejects with a `TilewiseError`: "unsupported_format" for what nobody here decodes, "malformed" and
 * "truncated" for damage, "limit" for a goal that no picture meets, for pixels that take more than 512 MiB
 * of memory and for sources of more than 256 MiB, "aborted" as soon as the signal says so.
 */
export function prepare(source: MediaSource, goal: Goal, options?: PrepareOptions): Promise<Prepared>;

/**
 * tilewise/prepare: the second entry of the npm package. It holds the codecs, so that an app that
 * only inspects, estimates and sends never downloads them.
 */
import type { MediaSource, ImageFacts } from "./tilewise.js";

export default function init(source?: unknown): Promise<void>;

export interface Goal {
  /** Largest encoded size in bytes. */
  maxBytes?: number;
  /** Most tokens by `rule`. */
  maxTokens?: number;
  rule?: "published" | "processor";
  /** The largest size that the model does not scale down. */
  fit?: "model";
  /** Longest side in pixels. */
  maxSide?: number;
  /** Default "auto": JPEG for opaque photographs, PNG or lossless WebP where there is alpha or few colours. */
  format?: "auto" | "jpeg" | "png" | "webp";
  /** 1 to 100, where the format has one. Default: the highest that meets maxBytes. */
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
  /** null by a rule that the model does not have. */
  tokens: { published: number | null; processor: number | null };
  /** What was done, in order: "rotated 90°", "resized 4000×3000 → 1988×1491", "jpeg quality 82". */
  steps: string[];
  /** False where the source already met the goal: then `blob` is the source, untouched. */
  changed: boolean;
}

/** Decodes, turns upright, resizes and re-encodes to meet the goal, off the main thread where there
 *  is a Worker. Never enlarges. Metadata is dropped, GPS position included. */
export function prepare(source: MediaSource, goal: Goal, options?: PrepareOptions): Promise<Prepared>;

/** A request body from its pieces: text, and gaps for the base64 of data. */
import { base64 } from "./binding.js";
import { type Data, invalid, read, sizeOf } from "./wire.js";

/** Bytes encoded at once: whole groups of three, so that the parts join without padding. */
const SLICE_BYTES = 3 * 128 * 1024;

export type Pieces = (string | number)[];

/** Of a body: at no time are more than a slice of a picture and its base64 in the binary's memory. */
export async function bodyOf(pieces: Pieces, data: readonly (Data | undefined)[]): Promise<Blob> {
  const parts: string[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") {
      parts.push(piece);
      continue;
    }
    const source = data[piece];
    const size = source ? sizeOf(source) : 0;
    for (let at = 0; source && at < size; at += SLICE_BYTES) {
      parts.push(base64(await read(source, at, Math.min(size, at + SLICE_BYTES))));
    }
  }
  try {
    return new Blob(parts, { type: "application/json" });
  } catch (cause) {
    throw invalid("draft", "the body is too large for this runtime", cause);
  }
}

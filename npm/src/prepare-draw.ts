/** Pixels of what the binary does not decode: drawn by the document, or decoded by the app. */
import { TilewiseError } from "./error.js";
import type { Drawn } from "./prepare-engine.js";
import type { Bitmap, PixelData, PrepareOptions } from "./tilewise-prepare.js";
import type { ImageFacts } from "./tilewise.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Null where neither can. */
export async function draw(file: Bytes, facts: ImageFacts, decode: PrepareOptions["decode"]): Promise<Drawn | null> {
  if (facts.format === "svg") {
    try {
      return { image: await drawSvg(file, facts), by: "the browser" };
    } catch {
      // No document, or an SVG that it does not draw.
    }
  }
  if (!decode) return null;
  let image: Bitmap | PixelData;
  try {
    image = await decode(new Blob([file], { type: facts.mime }));
  } catch (cause) {
    throw new TilewiseError("unsupported_format", `options.decode did not decode this ${facts.format}`, { cause });
  }
  if (!isImage(image)) {
    const why = "it must give an ImageBitmap, or an ImageData with four bytes for each pixel";
    throw new TilewiseError("invalid_argument", `options.decode: ${why}`);
  }
  return { image, by: "the app" };
}

function isImage(image: unknown): image is ImageBitmap | PixelData {
  if (typeof image !== "object" || image === null) return false;
  if (typeof ImageBitmap === "function" && image instanceof ImageBitmap) return true;
  const { width, height, data } = image as Partial<PixelData>;
  const isData = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  return isData && Number.isInteger(width) && Number.isInteger(height) && data.length === Number(width) * Number(height) * 4;
}

/** Browsers do it in documents alone. As an image it runs no script and loads nothing. */
async function drawSvg(file: Bytes, { mime, displayWidth, displayHeight }: ImageFacts): Promise<ImageBitmap> {
  if (typeof document === "undefined") throw new Error("no document");
  const url = URL.createObjectURL(new Blob([file], { type: mime }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(displayWidth, displayHeight);
    canvas.getContext("2d")?.drawImage(image, 0, 0, displayWidth, displayHeight);
    return canvas.transferToImageBitmap();
  } finally {
    URL.revokeObjectURL(url);
  }
}

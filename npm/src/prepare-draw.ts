/** Draws an SVG, which browsers do in documents alone. As an image it runs no script and loads nothing. */

import type { ImageFacts } from "./tilewise.js";

export async function draw(file: Uint8Array<ArrayBuffer>, { mime, displayWidth, displayHeight }: ImageFacts): Promise<ImageBitmap> {
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

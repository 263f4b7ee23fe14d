/** Small images of photos, away from the page's own thread: `www/src/state/thumbnails.rs` sends the tasks. */
const QUALITY = 0.8;

onmessage = async ({ data: { id, file, width, height, isOpaque } }) => {
  const thumbnail = await make(file, width, height, isOpaque ? "image/jpeg" : "image/webp").catch(() => undefined);
  postMessage({ id, thumbnail });
};

async function make(file, resizeWidth, resizeHeight, type) {
  const image = await createImageBitmap(file, { resizeWidth, resizeHeight, resizeQuality: "medium" });
  const canvas = new OffscreenCanvas(resizeWidth, resizeHeight);
  // Browsers that do not know the options give the whole image.
  canvas.getContext("2d").drawImage(image, 0, 0, resizeWidth, resizeHeight);
  image.close();
  return canvas.convertToBlob({ type, quality: QUALITY });
}

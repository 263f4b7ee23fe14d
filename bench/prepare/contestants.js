/** Everybody's way from a photograph to an upright JPEG of 1,024 pixels at most. Runs in a page. */
import decodeJpeg, { init as initDecoder } from "@jsquash/jpeg/decode";
import encodeJpeg, { init as initEncoder } from "@jsquash/jpeg/encode";
import resize, { initResize } from "@jsquash/resize";
import imageCompression from "browser-image-compression";
import pica from "pica";

const SIDE = 1024;
const QUALITY = 85;

/** Each is made when it is asked for, so that none pays for another. */
export const contestants = {
  async tilewise() {
    const { prepare } = await import("/tilewise/prepare.js");
    return async (file) => (await prepare(file, { maxSide: SIDE, format: "jpeg", quality: QUALITY })).blob;
  },

  "browser-image-compression": async () => (file) =>
    imageCompression(file, {
      maxWidthOrHeight: SIDE,
      maxSizeMB: Number.POSITIVE_INFINITY,
      initialQuality: QUALITY / 100,
      fileType: "image/jpeg",
      useWebWorker: true,
      // Its workers load it from a public network otherwise.
      libURL: new URL("/peers/browser-image-compression.js", location.href).href,
    }),

  async pica() {
    const resizer = pica();
    return async (file) => {
      const image = await createImageBitmap(file);
      const to = canvas(...fit(image));
      await resizer.resize(image, to);
      image.close();
      return resizer.toBlob(to, "image/jpeg", QUALITY / 100);
    };
  },

  async jSquash() {
    const compiled = (name) => WebAssembly.compileStreaming(fetch(`/peers/${name}`));
    const [decoder, encoder, resizer] = await Promise.all(["mozjpeg_dec.wasm", "mozjpeg_enc.wasm", "squoosh_resize_bg.wasm"].map(compiled));
    await initDecoder(decoder);
    await initEncoder(encoder);
    await initResize(resizer);
    return async (file) => {
      const image = await decodeJpeg(await file.arrayBuffer(), { preserveOrientation: true });
      const [width, height] = fit(image);
      const small = await resize(image, { width, height, method: "lanczos3" });
      return new Blob([await encodeJpeg(small, { quality: QUALITY })], { type: "image/jpeg" });
    };
  },

  /** What one gets without any package. */
  "the browser alone": async () => async (file) => {
    const whole = await createImageBitmap(file);
    const [resizeWidth, resizeHeight] = fit(whole);
    const small = await createImageBitmap(whole, { resizeWidth, resizeHeight, resizeQuality: "high" });
    whole.close();
    const to = new OffscreenCanvas(resizeWidth, resizeHeight);
    to.getContext("2d").drawImage(small, 0, 0);
    small.close();
    return to.convertToBlob({ type: "image/jpeg", quality: QUALITY / 100 });
  },
};

function fit({ width, height }) {
  const scale = Math.min(1, SIDE / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

const canvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

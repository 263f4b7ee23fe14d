/** Images, and drafts that hold them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const fixturePath = (name) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

/** A `Uint8Array` with a buffer of its own: that of a `Buffer` may be shared with others. */
export const fixture = (name) => new Uint8Array(readFileSync(fixturePath(name)));

/** 90×60 pixels, to be shown turned. */
export const PHOTO = "jpeg/orientation-6.jpg";
export const PHOTO_FACTS = {
  kind: "image",
  format: "jpeg",
  mime: "image/jpeg",
  bytes: fixture(PHOTO).length,
  bytesRead: fixture(PHOTO).length,
  width: 90,
  height: 60,
  displayWidth: 60,
  displayHeight: 90,
  orientation: 6,
  animated: false,
  hasAlpha: false,
};

/** Its orientation lies behind 256 KB of previews. */
export const LARGE = "jpeg/exif-behind-previews.jpg";
/** Without the bytes that are read, which depend on the way. */
export const LARGE_FACTS = {
  kind: "image",
  format: "jpeg",
  mime: "image/jpeg",
  bytes: fixture(LARGE).length,
  width: 120,
  height: 80,
  displayWidth: 80,
  displayHeight: 120,
  orientation: 8,
  animated: false,
  hasAlpha: false,
};

/** 64×48 pixels, 12 frames at 25 a second. */
export const CLIP = "mp4/h264.mp4";

export function imageFacts(facts) {
  const { width, height } = { width: 1024, height: 1024, ...facts };
  return {
    kind: "image",
    format: "jpeg",
    mime: "image/jpeg",
    bytes: 500_000,
    bytesRead: 4096,
    displayWidth: width,
    displayHeight: height,
    orientation: 1,
    animated: false,
    hasAlpha: false,
    ...facts,
    width,
    height,
  };
}

export const byUrl = (facts) => ({
  facts: imageFacts(facts),
  via: "url",
  url: "https://example.com/photo.jpg",
});

export const byBase64 = (data, facts) => ({ facts: imageFacts(facts), via: "base64", data });

export const draft = (fields) => ({
  model: "moonshotai/Kimi-K2.5",
  text: "What is this?",
  media: [],
  ...fields,
});

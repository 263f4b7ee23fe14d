/** The `Content-Type` of a file, for the servers of tests and measurements. */
import { extname } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".mp4": "video/mp4",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

export const mediaType = (path) => TYPES[extname(path)] ?? "application/octet-stream";

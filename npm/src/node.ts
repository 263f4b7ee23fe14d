/** The package in Node, whose fetch does not read files. */
import { readFile } from "node:fs/promises";
import { setDefaultBinaries } from "./binary.js";

setDefaultBinaries({
  core: () => readFile(new URL("./tilewise.wasm", import.meta.url)),
  video: () => readFile(new URL("./video.wasm", import.meta.url)),
});

export * from "./api.js";
export { init as default } from "./binary.js";

/** The package in Node, whose fetch does not read files. */
import { readFile } from "node:fs/promises";
import { setSources } from "./sources.js";

setSources({
  core: () => readFile(new URL("./tilewise.wasm", import.meta.url)),
  formats: () => readFile(new URL("./formats.wasm", import.meta.url)),
  network: () => readFile(new URL("./network.wasm", import.meta.url)),
  counting: () => readFile(new URL("./counting.wasm", import.meta.url)),
  shared: () => readFile(new URL("./shared.wasm", import.meta.url)),
  text: () => readFile(new URL("./text.wasm", import.meta.url)),
});

export * from "./api.js";
export { init as default } from "./binary.js";

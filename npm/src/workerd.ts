/** The package in Cloudflare's runtime, which compiles nothing from bytes: its tools hand over a module. */
import { setSources } from "./sources.js";
import core from "./tilewise.wasm";
import counting from "./counting.wasm";
import formats from "./formats.wasm";
import network from "./network.wasm";
import shared from "./shared.wasm";

setSources({
  core: () => core,
  formats: () => formats,
  network: () => network,
  counting: () => counting,
  shared: () => shared,
});

export * from "./api.js";
export { init as default } from "./binary.js";

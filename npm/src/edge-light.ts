/** The package in Vercel's edge runtime. As in workerd, but its bundlers want to be told that a module is meant. */
import { setSources } from "./sources.js";
import core from "./tilewise.wasm?module";
import counting from "./counting.wasm?module";
import formats from "./formats.wasm?module";
import network from "./network.wasm?module";
import shared from "./shared.wasm?module";

setSources({
  core: () => core,
  formats: () => formats,
  network: () => network,
  counting: () => counting,
  shared: () => shared,
});

export * from "./api.js";
export { init as default } from "./binary.js";

/** The package in Vercel's edge runtime. As in workerd, but its bundlers want to be told that a module is meant. */
import { setDefaultBinaries } from "./binary.js";
import core from "./tilewise.wasm?module";
import formats from "./formats.wasm?module";
import network from "./network.wasm?module";

setDefaultBinaries({ core: () => core, formats: () => formats, network: () => network });

export * from "./api.js";
export { init as default } from "./binary.js";

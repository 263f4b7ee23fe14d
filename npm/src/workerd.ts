/** The package in Cloudflare's runtime, which compiles nothing from bytes: its tools hand over a module. */
import { setDefaultBinaries } from "./binary.js";
import core from "./tilewise.wasm";
import formats from "./formats.wasm";
import network from "./network.wasm";

setDefaultBinaries({ core: () => core, formats: () => formats, network: () => network });

export * from "./api.js";
export { init as default } from "./binary.js";

/** The package in Cloudflare's runtime, which compiles nothing from bytes: its tools hand over a module. */
import { setDefaultSources } from "./binary.js";
import core from "./tilewise.wasm";
import formats from "./formats.wasm";
import network from "./network.wasm";
import shared from "./shared.wasm";

setDefaultSources({ core: () => core, formats: () => formats, network: () => network, shared: () => shared });

export * from "./api.js";
export { init as default } from "./binary.js";

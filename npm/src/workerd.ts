/** The package in Cloudflare's runtime, which compiles nothing from bytes: its tools hand over a module. */
import { setDefaultBinaries } from "./binary.js";
import core from "./tilewise.wasm";
import video from "./video.wasm";

setDefaultBinaries({ core: () => core, video: () => video });

export * from "./api.js";
export { init as default } from "./binary.js";

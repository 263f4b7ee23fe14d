/** The package in browsers, workers, bundlers, Deno and Bun: the binary lies beside the script. */
import { setDefaultBinary } from "./binary.js";

setDefaultBinary(() => new URL("./tilewise.wasm", import.meta.url));

export * from "./api.js";
export { init as default } from "./binary.js";

/** The package wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { setDefaultBinary } from "./binary.js";

setDefaultBinary(() => new URL("./tilewise.wasm", import.meta.url));

export * from "./api.js";
export { init as default } from "./binary.js";

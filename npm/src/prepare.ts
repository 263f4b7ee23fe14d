/** `tilewise/prepare` wherever fetch reads what lies beside a script: browsers, workers, bundlers. */

import { setDefaultBinary } from "./prepare-binary.js";

setDefaultBinary(() => new URL("./prepare.wasm", import.meta.url));

export { TilewiseError } from "./error.js";
export { prepare } from "./prepare-api.js";
export { init as default } from "./prepare-binary.js";

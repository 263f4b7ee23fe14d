/** `tilewise/prepare` wherever fetch reads what lies beside a script: browsers, workers, bundlers. */

import { ofPackage } from "./beside.js";
import { setDefaultBinary } from "./prepare-binary.js";

setDefaultBinary(() => ofPackage(new URL("./prepare.wasm", import.meta.url)));

export { TilewiseError } from "./error.js";
export { prepare } from "./prepare-api.js";
export { init as default } from "./prepare-binary.js";

/** `tilewise/prepare` in Vercel's edge runtime. As in workerd, but its bundlers want to be told that a module is meant. */

import { setDefaultBinary } from "./prepare-binary.js";
import binary from "./prepare.wasm?module";

setDefaultBinary(() => binary);

export { TilewiseError } from "./error.js";
export { prepare } from "./prepare-api.js";
export { init as default } from "./prepare-binary.js";

/** `tilewise/prepare` in Cloudflare's runtime, which compiles nothing from bytes: its tools hand over a module. */

import { setDefaultBinary } from "./prepare-binary.js";
import binary from "./prepare.wasm";

setDefaultBinary(() => binary);

export { TilewiseError } from "./error.js";
export { prepare } from "./prepare-api.js";
export { init as default } from "./prepare-binary.js";

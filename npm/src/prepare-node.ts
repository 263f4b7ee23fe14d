/** `tilewise/prepare` in Node, whose fetch does not read files. */

import { readFile } from "node:fs/promises";
import { setDefaultBinary } from "./prepare-binary.js";

setDefaultBinary(() => readFile(new URL("./prepare.wasm", import.meta.url)));

export { TilewiseError } from "./error.js";
export { prepare } from "./prepare-api.js";
export { init as default } from "./prepare-binary.js";

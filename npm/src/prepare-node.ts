/** `tilewise/prepare` in Node, whose fetch does not read files. */
import { readFile } from "node:fs/promises";
import { setSources } from "./sources.js";

setSources({ prepare: () => readFile(new URL("./prepare.wasm", import.meta.url)) });

export { init as default, prepare, TilewiseError } from "./prepare-api.js";

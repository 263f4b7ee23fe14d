/** The package in Node, whose fetch does not read files. */
import { readFile } from "node:fs/promises";
import { setDefaultBinary } from "./binary.js";

setDefaultBinary(() => readFile(new URL("./tilewise.wasm", import.meta.url)));

export * from "./api.js";
export { init as default } from "./binary.js";

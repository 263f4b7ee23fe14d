/** What a page downloads: each file is compressed alone, as a server does it. */
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { isOnce } from "./options.js";
import { printTable, title, whole } from "./table.js";

/** The best takes seconds. */
const QUALITY = isOnce ? constants.BROTLI_MIN_QUALITY : constants.BROTLI_MAX_QUALITY;

export const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });

const COMPRESSIONS = { raw: (file) => file, gzip: (file) => gzipSync(file), brotli };

/** Rows are `[name, files]`. */
export function printSizes(what, rows) {
  const size = (files, compress) => files.reduce((total, file) => total + compress(file).length, 0);
  const sizes = rows.map(([name, files]) => {
    if (size(files, COMPRESSIONS.raw) === 0) throw new Error(`${name} has no bytes`);
    return [name, ...Object.values(COMPRESSIONS).map((compress) => whole(size(files, compress)))];
  });
  title(what);
  printTable(["package", ...Object.keys(COMPRESSIONS).map((name) => `${name}, bytes`)], sizes);
}

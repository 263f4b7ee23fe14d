/** What a page downloads to read films. */
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { printTable, whole } from "../common/table.js";

export async function reportSizes(packageFolder) {
  console.log("\nBytes to download, scripts bundled and minified\n");
  const script = await bundle(`export { default, inspect } from "./index.js"`, packageFolder);
  const binaries = await Promise.all(["tilewise.wasm", "formats.wasm"].map((name) => readFile(join(packageFolder, name))));
  const peer = (names) => bundle(`export { ${names} } from "./mediabunny.js"`, fileURLToPath(new URL(".", import.meta.url)));
  const rows = [
    ["tilewise, script", [script]],
    ["tilewise, script and wasm", [script, ...binaries]],
    ["mediabunny, metadata", [await peer("readMetadata")]],
    ["mediabunny, metadata and computed", [await peer("readMetadata, compute")]],
  ];
  const size = (files, compress) => whole(files.reduce((total, file) => total + compress(file).length, 0));
  const compressions = [(file) => file, gzipSync, brotliCompressSync];
  printTable(["", "raw", "gzip", "brotli"], rows.map(([name, files]) => [name, ...compressions.map((compress) => size(files, compress))]));
}

async function bundle(contents, resolveDir) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return outputFiles[0].contents;
}

/** What a page downloads to read videos. */
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printSizes } from "../common/sizes.js";

export async function reportSizes(packageFolder) {
  const script = await bundle(`export { default, inspect } from "./index.js"`, packageFolder);
  const binaries = await Promise.all(["tilewise.wasm", "formats.wasm"].map((name) => readFile(join(packageFolder, name))));
  const peer = (names) => bundle(`export { ${names} } from "./mediabunny.js"`, fileURLToPath(new URL(".", import.meta.url)));
  const rows = [
    ["tilewise, script", [script]],
    ["tilewise, script and wasm", [script, ...binaries]],
    ["mediabunny, metadata", [await peer("readMetadata")]],
    ["mediabunny, metadata and computed", [await peer("readMetadata, compute")]],
  ];
  printSizes("To download, scripts bundled and minified", rows);
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

/**
 * What a page downloads of tilewise's main entry, and of the packages that one would install instead.
 * `cargo xtask bench` runs it, with the package's folder.
 */
import { build } from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { printTable, whole } from "../common/table.js";

const packageFolder = resolve(process.argv[2]);

/** Each does a part of what tilewise does, in its own words. */
const PEERS = ["openai", "image-size", "mediabunny", "eventsource-parser"];

const binaries = (await readdir(packageFolder)).filter((name) => name.endsWith(".wasm") && name !== "prepare.wasm");
const scripts = await bundle({ entryPoints: [join(packageFolder, "index.js")] });
const rows = [["tilewise, scripts", scripts]];
for (const name of binaries.sort()) rows.push([`tilewise, ${name}`, [await readFile(join(packageFolder, name))]]);
rows.push(["tilewise, together", rows.flatMap(([, files]) => files)]);
for (const name of PEERS) rows.push([name, await peers([name])]);
rows.push(["the first two, together", await peers(PEERS.slice(0, 2))]);
rows.push(["the four, together", await peers(PEERS)]);

console.log("\nBytes to download, scripts bundled and minified, each file compressed alone\n");
const size = (files, compress) => whole(files.reduce((total, file) => total + compress(file).length, 0));
const compressions = [(file) => file, gzipSync, brotliCompressSync];
printTable(["", "raw", "gzip", "brotli"], rows.map(([name, files]) => [name, ...compressions.map((compress) => size(files, compress))]));

/** In one script. */
function peers(names) {
  const resolveDir = fileURLToPath(new URL("peers", import.meta.url));
  return bundle({ stdin: { contents: names.map((name) => `export * from "./${name}.js";`).join("\n"), resolveDir } });
}

async function bundle(options) {
  const { outputFiles } = await build({
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "unused",
    write: false,
    ...options,
  });
  return outputFiles.map(({ contents }) => contents);
}

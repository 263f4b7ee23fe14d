/**
 * What a page downloads of tilewise's main entry, and of the packages that one would install instead.
 * `cargo xtask bench` runs it, with the package's folder.
 */
import { build } from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folder as packageFolder } from "../common/options.js";
import { printSizes } from "../common/sizes.js";

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

printSizes("To download, scripts bundled and minified", rows);

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

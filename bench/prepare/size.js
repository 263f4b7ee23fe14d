/** Bytes that a contestant downloads, compressed as a server would: its script, bundled by itself, and its binaries. */
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotli } from "../common/sizes.js";

const { resolve } = createRequire(import.meta.url);
const inPackage = (name, path) => join(dirname(resolve(`${name}/package.json`)), path);

/** What else a page of the contest fetches, by name. */
export const BINARIES = {
  "browser-image-compression.js": inPackage("browser-image-compression", "dist/browser-image-compression.js"),
  "mozjpeg_dec.wasm": inPackage("@jsquash/jpeg", "codec/dec/mozjpeg_dec.wasm"),
  "mozjpeg_enc.wasm": inPackage("@jsquash/jpeg", "codec/enc/mozjpeg_enc.wasm"),
  "squoosh_resize_bg.wasm": inPackage("@jsquash/resize", "lib/resize/pkg/squoosh_resize_bg.wasm"),
};

const SCRIPTS = {
  "browser-image-compression": 'export { default } from "browser-image-compression";',
  pica: 'export { default } from "pica";',
  jSquash:
    'export { default as decode, init as initDecoder } from "@jsquash/jpeg/decode"; export { default as encode, init } from "@jsquash/jpeg/encode"; export { default as resize, initResize } from "@jsquash/resize";',
};

export async function downloads(packageFolder) {
  const bundle = async (options) => {
    const { outputFiles } = await build({ bundle: true, minify: true, format: "esm", write: false, ...options });
    return outputFiles.reduce((total, { contents }) => total + brotli(contents).length, 0);
  };
  const alone = (name) => bundle({ stdin: { contents: SCRIPTS[name], resolveDir: dirname(new URL(import.meta.url).pathname) } });
  const binaries = async (...paths) => {
    let total = 0;
    for (const path of paths) total += brotli(await readFile(path)).length;
    return total;
  };
  const ours = ["prepare.js", "prepare-worker.js"].map((name) => join(packageFolder, name));
  return {
    tilewise: (await bundle({ entryPoints: ours, outdir: "unused" })) + (await binaries(join(packageFolder, "prepare.wasm"))),
    "browser-image-compression": await alone("browser-image-compression"),
    pica: await alone("pica"),
    jSquash:
      (await alone("jSquash")) +
      (await binaries(...["mozjpeg_dec.wasm", "mozjpeg_enc.wasm", "squoosh_resize_bg.wasm"].map((name) => BINARIES[name]))),
    "the browser alone": 0,
  };
}

/** The contest in Node. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { imageSizeFromFile } from "image-size/fromFile";
import probe from "probe-image-size";
import { measure } from "./measure.js";

/** `MaxInputSize` of image-size/fromFile. */
const IMAGE_SIZE_READS = 524_288;

export async function measureInNode(packageFolder, files, rounds) {
  const { default: init, preload, ...tilewise } = await import(pathToFileURL(join(packageFolder, "node.js")));
  await init();
  await preload(["formats"]);
  const results = await measure(tilewise, files, rounds, {
    "image-size, file": ({ path }) => imageSizeFromFile(path),
    "probe-image-size, stream": ({ path }) => probe(createReadStream(path)),
  });
  for (const [index, { path, blob }] of files.entries()) {
    results[index].bytes["image-size, file"] = Math.min(blob.size, IMAGE_SIZE_READS);
    results[index].bytes["probe-image-size, stream"] = await countStreamed(path);
  }
  return results;
}

async function countStreamed(path) {
  const stream = createReadStream(path);
  await probe(stream).catch(() => {});
  return stream.bytesRead;
}

/** The images: as they are in the repository, and as large as they come in real life. */
import { openAsBlob } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FIXTURES } from "../common/fixtures.js";

const BIG = 5_000_000;
/** In these formats what follows the image must be a box too. */
const BOXED = new Set(["avif", "heic", "jxl"]);
/** Icons and SVG files of 5 MB do not exist in practice. */
const SMALL = new Set(["ico", "svg"]);
/** What this one tests is how it ends. */
const ENDS = new Set(["gif/no-trailer.gif"]);

/** Each image, or these alone, with its bytes, and as a large file in this folder. */
export async function prepare(folder, names) {
  const truths = JSON.parse(await readFile(join(FIXTURES, "truth.json"), "utf8"));
  const files = [];
  for (const name of names ?? Object.keys(truths)) {
    const truth = truths[name];
    const bytes = await readFile(join(FIXTURES, name));
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const length = SMALL.has(truth.format) || ENDS.has(name) ? bytes.length : BIG;
    await write(path, bytes, length, truth.format);
    files.push({ name, truth, group: truth.format, bytes, path, blob: await openAsBlob(path) });
  }
  return files;
}

/**
 * A camera's file has the same few kilobytes at its start and megabytes of pixels behind. Everybody here
 * looks at headers, so filler does as well as pixels. Where a real file keeps its directory behind the
 * pixels, as many TIFF files do, this flatters readers of the beginning alone.
 */
async function write(path, bytes, length, format) {
  const filler = length - bytes.length;
  const file = await open(path, "w");
  await file.write(bytes);
  if (filler > 0) {
    if (BOXED.has(format)) await file.write(freeBoxHeader(filler));
    // A hole, which reads as zeros and takes no room on the disk.
    await file.truncate(length);
  }
  await file.close();
}

function freeBoxHeader(length) {
  const header = Buffer.from("\0\0\0\0free", "latin1");
  header.writeUInt32BE(length);
  return header;
}

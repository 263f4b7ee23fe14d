/** The videos: as they are in the repository, and giants of gigabytes, which have holes for most of it. */
import { openAsBlob } from "node:fs";
import { mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FIXTURES } from "../common/fixtures.js";

const GIANT = "sparse/";

/** Each video, or these alone, as a file and as a blob. */
export async function prepare(folder, names) {
  const truths = JSON.parse(await readFile(join(FIXTURES, "videos.json"), "utf8"));
  const files = [];
  for (const name of names ?? Object.keys(truths)) {
    const truth = truths[name];
    const isGiant = name.startsWith(GIANT);
    const path = isGiant ? await writeGiant(folder, name) : join(FIXTURES, name);
    const { size } = await stat(path);
    files.push({ name, truth, group: isGiant ? "giants" : truth.format, path, size, blob: await openAsBlob(path) });
  }
  return files;
}

async function writeGiant(folder, name) {
  const { length, parts } = JSON.parse(await readFile(join(FIXTURES, `${name}.json`), "utf8"));
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  for (const { at, base64 } of parts) {
    const bytes = Buffer.from(base64, "base64");
    await file.write(bytes, 0, bytes.length, at);
  }
  await file.truncate(length);
  await file.close();
  return path;
}

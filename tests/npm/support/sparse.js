/** Videos of gigabytes that are holes for the most part (`tests/fixtures/sparse`). */
import { open, readFile } from "node:fs/promises";
import { fixturePath } from "./fixtures.js";

/** Writes such a video; its holes take no room where the file system knows any. */
export async function writeSparse(name, path) {
  const { length, parts } = JSON.parse(await readFile(fixturePath(`sparse/${name}.json`), "utf8"));
  const file = await open(path, "w");
  try {
    for (const { at, base64 } of parts) {
      const bytes = Buffer.from(base64, "base64");
      await file.write(bytes, 0, bytes.length, at);
    }
    await file.truncate(length);
  } finally {
    await file.close();
  }
}

/** Files of a disk, read in place: a thread waits for them less long than a pool of threads takes to hand them over. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { inspect } from "../node.js";
import type { MediaFacts } from "../tilewise.js";
import { onDisk, type Path } from "./item.js";
import { rangedFile, ReadError } from "./ranges.js";

/** A pipe would wait for a writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export async function inspectOnDisk(path: Path): Promise<MediaFacts> {
  const file = openSync(onDisk(path), FLAGS);
  try {
    const before = fstatSync(file);
    if (before.isDirectory()) throw new ReadError("EISDIR", "it is a folder");
    if (!before.isFile()) throw new ReadError("not_a_file", "it is no file");
    const { blob, failure } = rangedFile(before.size, (start, end) => {
      const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
    });
    let facts: MediaFacts | undefined;
    let refusal: unknown;
    try {
      facts = await inspect(blob);
    } catch (error) {
      refusal = failure() ?? error;
    }
    if (hasChanged(before, fstatSync(file))) throw new ReadError("changed", "the file changed while it was read");
    if (facts === undefined) throw refusal;
    return facts;
  } finally {
    closeSync(file);
  }
}

const hasChanged = (before: Stats, after: Stats): boolean => before.size !== after.size || before.mtimeMs !== after.mtimeMs;

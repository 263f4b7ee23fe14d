/** Files of a disk, read in place: a thread waits for them less long than a pool of threads takes to hand them over. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { inspectSync, preload, TilewiseError } from "../node.js";
import type { MediaFacts } from "../tilewise.js";
import { onDisk, type Path } from "./item.js";
import { rangedBytes, ReadError } from "./ranges.js";

/** A pipe would wait for a writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export async function inspectOnDisk(path: Path): Promise<MediaFacts> {
  const file = openSync(onDisk(path), FLAGS);
  try {
    const before = fstatSync(file);
    if (before.isDirectory()) throw new ReadError("EISDIR", "it is a folder");
    if (!before.isFile()) throw new ReadError("not_a_file", "it is no file");
    const { bytes, failure } = rangedBytes(before.size, (start, end) => {
      const part = Buffer.allocUnsafe(Math.max(0, end - start));
      return part.subarray(0, readSync(file, part, 0, part.length, start));
    });
    let facts: MediaFacts | undefined;
    let refusal: unknown;
    try {
      facts = await inspectAtOnce(bytes);
    } catch (error) {
      refusal = error;
    }
    if (hasChanged(before, fstatSync(file))) throw new ReadError("changed", "the file changed while it was read");
    // The facts of a part that could not be read are none.
    if (failure() !== undefined) throw failure();
    if (facts === undefined) throw refusal;
    return facts;
  } finally {
    closeSync(file);
  }
}

/** Waits for nothing but the readers of rare formats, the first time. */
async function inspectAtOnce(bytes: Uint8Array): Promise<MediaFacts> {
  try {
    return inspectSync(bytes);
  } catch (error) {
    if (!(error instanceof TilewiseError) || error.code !== "not_initialized") throw error;
    await preload(["formats"]);
    return inspectSync(bytes);
  }
}

const hasChanged = (before: Stats, after: Stats): boolean => before.size !== after.size || before.mtimeMs !== after.mtimeMs;

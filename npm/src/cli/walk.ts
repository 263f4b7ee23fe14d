/** The files of a folder, in an order that is the same next time. */
import type { BigIntStats, Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import picomatch from "picomatch";
import { type Item, join, onDisk, type Path, toPath } from "./item.js";

/** Files handed on at once. */
const BATCH = 256;

/**
 * Each folder once, however many links lead to it, so that a circle of links ends. Hidden names are left out.
 *
 * @param except A folder that is left out, by its identity.
 */
export async function* walk(root: Path, wanted?: Wanted, except?: string): AsyncGenerator<Item[]> {
  const seen = new Set<string>(except === undefined ? [] : [except]);
  let batch: Item[] = [];
  // The names of a folder that are still to be looked at, the next one last; relative to the root.
  const waiting: { relative: Path; isFolder: boolean }[] = [{ relative: "", isFolder: true }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { relative, isFolder } = next;
    const path = relative === "" ? root : join(root, relative);
    if (isFolder) {
      try {
        const identity = await identityOf(path === "" ? "." : path);
        if (seen.has(identity)) continue;
        seen.add(identity);
        waiting.push(...(await entries(root, relative, wanted)).reverse());
      } catch (error) {
        const { code = "unreadable", message } = error as NodeJS.ErrnoException;
        batch.push({ kind: "unlisted", path: path === "" ? "." : path, code, message: code === "EACCES" ? "the folder may not be read" : message });
      }
    } else {
      batch.push({ kind: "file", path });
    }
    if (batch.length >= BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The same for two names of one file or folder, and only then. */
export async function identityOf(path: Path): Promise<string> {
  const { dev, ino } = await stat(onDisk(path), { bigint: true });
  return `${dev}:${ino}`;
}

/** What a pattern asks for. */
export interface Wanted {
  matches: (relative: string) => boolean;
  /** Folders below which nothing can match. */
  maxDepth: number;
}

/** The folder that a pattern begins with, and what is wanted in it. */
export function patternOf(pattern: string): { root: string; wanted: Wanted } {
  const { base, glob } = picomatch.scan(pattern);
  const matches = picomatch(glob);
  const depth = glob.includes("**") ? Number.POSITIVE_INFINITY : glob.split("/").length;
  return { root: base, wanted: { matches, maxDepth: depth } };
}

async function entries(root: Path, relative: Path, wanted: Wanted | undefined) {
  const folder = relative === "" ? root : join(root, relative);
  const all = (await readdir(onDisk(folder === "" ? "." : folder), { encoding: "buffer", withFileTypes: true })) as unknown as Dirent<Buffer>[];
  all.sort((one, other) => Buffer.compare(one.name, other.name));
  const found: { relative: Path; isFolder: boolean }[] = [];
  for (const entry of all) {
    if (entry.name[0] === DOT) continue;
    const inside = join(relative, toPath(entry.name));
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(folder, toPath(entry.name)))));
    // Sockets, pipes and devices hold no image.
    if (!isFolder && !entry.isFile() && !entry.isSymbolicLink()) continue;
    if (wanted && (isFolder ? depth(inside) >= wanted.maxDepth : !wanted.matches(text(inside)))) continue;
    found.push({ relative: inside, isFolder });
  }
  return found;
}

const DOT = 46;

const text = (path: Path): string => (typeof path === "string" ? path : Buffer.from(path).toString("utf8"));

const depth = (path: Path): number => text(path).split("/").length;

/** A link that leads nowhere is looked at as a file, which is then not there. */
const leadsToFolder = (path: Path): Promise<boolean> =>
  stat(onDisk(path), { bigint: true }).then(
    (found: BigIntStats) => found.isDirectory(),
    () => false,
  );

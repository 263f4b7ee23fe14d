/** Makes images fit, in a thread of its own. */
import { link, lstat, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import type { Goal, Prepared } from "../tilewise-prepare.js";
import { said } from "./entry.js";
import { join, nameOf, onDisk, type Path } from "./item.js";
import { ReadError } from "./ranges.js";
import { identityOf } from "./walk.js";

/** Plain data, as threads take it. */
export interface FitTask {
  /** Without `format`, JPEG stays JPEG and PNG stays PNG, so that names stay true. */
  goal: Goal;
  /** Existing files are replaced. */
  force: boolean;
}

export interface FitItem {
  path: Path;
  /** The folder of the result, which is there. */
  folder: Path;
  /** In that folder; of another format it gets another ending. */
  name: Path;
}

export interface FitOutcome {
  name: string;
  nameBase64?: string;
  /** The result, where there is one. */
  out?: string;
  /** "fitted": it has changed. "copied": it met the goal as it was. "kept": a result was there already. */
  done?: "fitted" | "copied" | "kept";
  bytes?: { before: number; after: number };
  width?: number;
  height?: number;
  tokens?: Prepared["tokens"];
  steps?: string[];
  error?: { code: string; message: string };
}

/** What a result may be called behind the source's own name. */
const ENDINGS: Record<string, string[]> = {
  jpeg: [".jpg", ".jpeg", ".jpe", ".jfif"],
  png: [".png"],
  webp: [".webp"],
};

export class Fitter {
  private count = 0;

  constructor(private readonly task: FitTask) {}

  async run(items: FitItem[]): Promise<FitOutcome[]> {
    const outcomes: FitOutcome[] = [];
    for (const item of items) outcomes.push(await this.fit(item));
    return outcomes;
  }

  private async fit(item: FitItem): Promise<FitOutcome> {
    const { name, nameBase64 } = nameOf({ kind: "file", path: item.path });
    const head = nameBase64 === null ? { name } : { name, nameBase64 };
    try {
      const made = this.task.force ? undefined : await existing(item);
      if (made !== undefined) {
        await refuseOriginal(made, item.path);
        return { ...head, out: shown(made), done: "kept" };
      }
      // The codecs are loaded where something is to be done.
      const { prepare } = await import("../prepare-node.js");
      const source = await read(item.path);
      const format = this.task.goal.format ?? ownFormat(source);
      const prepared = await prepare(source, { ...this.task.goal, ...(format === undefined ? {} : { format }) });
      const bytes = new Uint8Array(await prepared.blob.arrayBuffer());
      const out = target(item, prepared.facts.format);
      const isNew = await this.publish(item, out, bytes);
      if (!isNew) return { ...head, out: shown(out), done: "kept" };
      const { width, height } = prepared.facts;
      const { tokens, steps, changed } = prepared;
      return { ...head, out: shown(out), done: changed ? "fitted" : "copied", bytes: { before: source.length, after: bytes.length }, width, height, tokens, steps };
    } catch (error) {
      return { ...head, error: said(error) };
    }
  }

  /** Whole or not at all, whatever ends the program meanwhile. Gives false where a file of that name is there by now. */
  private async publish(item: FitItem, out: Path, bytes: Uint8Array): Promise<boolean> {
    const part = join(item.folder, partOf(item.name, `${process.pid}-${threadId}-${(this.count += 1)}`));
    try {
      await writeFile(onDisk(part), bytes, { flag: "wx" });
      if (this.task.force) await replace(part, out, item.path);
      else await linkNew(part, out);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    } finally {
      await unlink(onDisk(part)).catch(() => {});
    }
  }
}

/** Hidden, so that no later run takes it for an image. A name that is as long as names can be leaves no room. */
const partOf = (name: Path, unique: string): string => `.${Buffer.from(name as string).toString("hex").slice(0, 64)}.${unique}${PART}`;

export const PART = ".tilewise-part";

/** The process of a part that was never finished; undefined of other names. */
export function processOf(name: string): number | undefined {
  const [, pid] = /^\.[0-9a-f]*\.(\d+)-\d+-\d+\.tilewise-part$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** What an earlier run made of this file. */
async function existing({ folder, name }: FitItem): Promise<Path | undefined> {
  for (const ending of ["", ".jpg", ".png", ".webp"]) {
    const path = join(folder, append(name, ending));
    if (await isThere(path)) return path;
  }
  return undefined;
}

async function read(path: Path): Promise<Uint8Array> {
  const before = await stat(onDisk(path));
  if (before.isDirectory()) throw new ReadError("EISDIR", "it is a folder");
  if (!before.isFile()) throw new ReadError("not_a_file", "it is no file");
  const bytes = await readFile(onDisk(path));
  const after = await stat(onDisk(path));
  if (before.mtimeMs !== after.mtimeMs || bytes.length !== after.size) throw new ReadError("changed", "the file changed while it was read");
  return bytes;
}

/** WebP is none of them: it would be written without loss, and may grow. */
function ownFormat(source: Uint8Array): "jpeg" | "png" | undefined {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => source[index] === byte);
  if (starts(0xff, 0xd8, 0xff)) return "jpeg";
  return starts(0x89, 0x50, 0x4e, 0x47) ? "png" : undefined;
}

/** The name of the source, and an ending behind it where that says another format: two sources never become one. */
function target({ folder, name }: FitItem, format: string): Path {
  const endings = ENDINGS[format] ?? [`.${format}`];
  const text = Buffer.from(name as string).toString("latin1").toLowerCase();
  const [usual = ""] = endings;
  return join(folder, endings.some((ending) => text.endsWith(ending)) ? name : append(name, usual));
}

function append(name: Path, ending: string): Path {
  return typeof name === "string" ? name + ending : new Uint8Array(Buffer.concat([name, Buffer.from(ending)]));
}

/** A link cannot replace a file that another program has made meanwhile, as a rename does. */
async function linkNew(part: Path, out: Path): Promise<void> {
  try {
    await link(onDisk(part), onDisk(out));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Some file systems have no links.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
    if (await isThere(out)) throw Object.assign(new Error("it is there already"), { code: "EEXIST" });
    await rename(onDisk(part), onDisk(out));
  }
}

async function replace(part: Path, out: Path, source: Path): Promise<void> {
  if (await isThere(out)) await refuseOriginal(out, source);
  await rename(onDisk(part), onDisk(out));
}

/** By whatever links it is reached. */
async function refuseOriginal(out: Path, source: Path): Promise<void> {
  const [ofOut, ofSource] = await Promise.all([identityOf(out).catch(() => undefined), identityOf(source)]);
  if (ofOut === ofSource) throw new ReadError("original", "the result would replace the original: choose another folder with --out");
}

const isThere = (path: Path): Promise<boolean> =>
  lstat(onDisk(path)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );

const shown = (path: Path): string => nameOf({ kind: "file", path }).name;

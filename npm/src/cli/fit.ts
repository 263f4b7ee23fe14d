/** `tilewise fit`: makes any number of images fit a limit, each into a file of the same name in another folder. */
import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { isDynamicPattern } from "tinyglobby";
import { models } from "../node.js";
import type { Goal } from "../tilewise-prepare.js";
import { said } from "./entry.js";
import { type FitItem, type FitOutcome, processOf } from "./fitter.js";
import { isData, isHttp, isS3, type Item, join, nameOf, onDisk, type Path } from "./item.js";
import { namesOn } from "./lines.js";
import { given, knownProvider, numbersOf, parsed } from "./options.js";
import { inOrder } from "./order.js";
import { Progress } from "./progress.js";
import { bytes, count } from "./report.js";
import { countOf } from "./sources.js";
import { hanging, terminal, visible, visibleJson } from "./terminal.js";
import { FitThreads } from "./threads.js";
import { identityOf, patternOf, walk } from "./walk.js";
import { WrongUse } from "./wrong-use.js";

export const FIT_HELP = `Usage: tilewise fit [options] --out FOLDER <file, folder or pattern>...

Makes images fit what a model takes, each into a file of the same name in FOLDER, upright and without
metadata. Originals stay as they are. A result that is there already is kept, so that a run that was
interrupted goes on when it is started again.

      --out FOLDER         where the results go; folders below it are those below the named ones
  -m, --model ID           the model (moonshotai/Kimi-K3)
      --provider ID        whose model
      --fit                the largest size that the model does not scale down; by itself where no
                           other goal is given
      --max-tokens N       most tokens of an image
      --max-bytes N        most bytes of a file
      --max-side N         most pixels of the longer side
      --rule RULE          published or processor: by which tokens are counted
      --format FORMAT      jpeg, png, webp, or auto for what suits each image; by itself JPEG and PNG
                           stay what they are
      --quality N          1 to 100
      --force              replaces files that are there, and never an original
      --jobs N             threads (as many as there are cores)
      --ndjson             a line of JSON for each file
  -                        names come from standard input, one a line
  -0, --null               those names end in NUL
  -h, --help

A result in another format has its ending behind the name: scan.bmp becomes scan.bmp.jpg.
Exit status: 0 all fit; 1 a file could not be made to fit; 2 wrong use.`;

interface Options {
  names: string[];
  fromInput: boolean;
  isNull: boolean;
  out: string;
  goal: Goal;
  force: boolean;
  jobs: number;
  ndjson: boolean;
}

/** What a file is, before its folder is made. */
type Named = { path: Path; relative: Path } | { name: Path; error: { code: string; message: string } };

/** Gives whether a file could not be made to fit. */
export async function fit(args: string[]): Promise<boolean> {
  const options = parse(args);
  await mkdir(options.out, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new WrongUse(`the folder ${options.out} cannot be made: ${error.message}`);
  });
  const folders = new Folders(options.out);
  const threads = new FitThreads({ goal: options.goal, force: options.force }, options.jobs);
  const totals = { fitted: 0, copied: 0, kept: 0, failed: 0, before: 0, after: 0 };
  const isShown = process.stderr.isTTY && !(options.ndjson && process.stdout.isTTY);
  let total: number | undefined;
  if (isShown && !options.fromInput) void countOf(options.names).then((found) => (total = found), () => {});
  const progress = new Progress(isShown ? process.stderr : undefined, (files) => total && files / total);
  const view = terminal(process.stdout);
  const run = async ([named]: Named[]): Promise<FitOutcome> => {
    if (named === undefined) throw new Error("a batch is empty");
    if ("error" in named) return { ...headOf(named.name), error: named.error };
    try {
      const item = await folders.place(named.path, named.relative);
      const [outcome] = await threads.run([item]);
      return outcome ?? { ...headOf(named.path), error: { code: "internal", message: "there was no outcome" } };
    } catch (error) {
      return { ...headOf(named.path), error: said(error) };
    }
  };
  const write = async (outcome: FitOutcome) => {
    const { done, error, bytes: sizes } = outcome;
    totals[done ?? "failed"] += 1;
    totals.before += sizes?.before ?? 0;
    totals.after += sizes?.after ?? 0;
    progress.add({ files: 1, failed: error ? 1 : 0, picoUsd: 0n });
    if (options.ndjson) process.stdout.write(`${visibleJson(JSON.stringify(outcome))}\n`);
    else if (error) process.stdout.write(`${hanging(`${view.paint("red", "error")}    `, visible(`${outcome.name}: ${error.message}`), view)}\n`);
  };
  const named = namedBy(options, await identityOf(options.out));
  try {
    await inOrder(named, (items) => items.map((item) => [item]), 4 * options.jobs, run, write);
  } finally {
    await threads.stop();
    progress.end();
  }
  const all = totals.fitted + totals.copied + totals.kept + totals.failed;
  if (all === 0) throw new WrongUse("no file was found: there is nothing to fit");
  if (!options.ndjson) process.stdout.write(`${sentence(totals)}\n`);
  return totals.failed > 0;
}

function sentence({ fitted, copied, kept, failed, before, after }: Record<"fitted" | "copied" | "kept" | "failed" | "before" | "after", number>): string {
  const parts = [`${count(fitted)} made to fit`];
  if (copied > 0) parts.push(`${count(copied)} fitted as they were`);
  if (kept > 0) parts.push(`${count(kept)} were there already`);
  if (failed > 0) parts.push(`${count(failed)} failed`);
  return `${parts.join(", ")}${before > 0 ? `; ${bytes(before)} became ${bytes(after)}` : ""}`;
}

const headOf = (path: Path) => {
  const { name, nameBase64 } = nameOf({ kind: "file", path });
  return nameBase64 === null ? { name } : { name, nameBase64 };
};

/** The files that are named, and where below the folder of results each belongs. */
async function* namedBy({ names, fromInput, isNull }: Options, out: string): AsyncGenerator<Named[]> {
  for (const name of names) {
    if (isHttp(name) || isData(name) || isS3(name)) {
      yield [elsewhere(name)];
      continue;
    }
    const found = await stat(name).catch(() => undefined);
    const isPattern = found === undefined && isDynamicPattern(name);
    if (!isPattern && !found?.isDirectory()) {
      yield [{ path: name, relative: name.slice(Math.max(name.lastIndexOf("/"), process.platform === "win32" ? name.lastIndexOf("\\") : -1) + 1) }];
      continue;
    }
    const { root, wanted } = isPattern ? patternOf(name) : { root: name === "." ? "" : name.replace(/(?<=.)\/+$/, ""), wanted: undefined };
    let isEmpty = true;
    for await (const items of walk(root, wanted, out)) {
      isEmpty = false;
      yield items.map((item) => below(root, item));
    }
    if (isEmpty && isPattern) yield [{ name, error: { code: "ENOENT", message: "no file matches this pattern" } }];
  }
  if (!fromInput) return;
  for await (const listed of namesOn(process.stdin, isNull)) {
    yield listed.map((path) => (typeof path === "string" && (isHttp(path) || isData(path) || isS3(path)) ? elsewhere(path) : { path, relative: inside(path) }));
  }
}

const elsewhere = (name: string): Named => ({ name, error: { code: "invalid_argument", message: "only files of a disk are made to fit: download it first" } });

function below(root: string, item: Item): Named {
  if (item.kind === "unlisted") return { name: item.path, error: { code: item.code, message: item.message } };
  if (item.kind !== "file") return elsewhere(nameOf(item).name);
  const { path } = item;
  const length = root === "" ? 0 : Buffer.byteLength(root) + (root.endsWith("/") ? 0 : 1);
  return { path, relative: typeof path === "string" ? Buffer.from(path).subarray(length).toString("utf8") : path.subarray(length) };
}

/** Of a listed name, without what leads out of the folder of results. */
function inside(path: Path): Path {
  const text = Buffer.from(path as string).toString("latin1");
  const parts = text.split(process.platform === "win32" ? /[\\/]/ : "/").filter((part) => part !== "" && part !== "." && part !== ".." && !/^[a-z]:$/i.test(part));
  const bytes = Buffer.from(parts.join("/"), "latin1");
  return typeof path === "string" ? bytes.toString("utf8") : new Uint8Array(bytes);
}

/** The folders of results, each made once. */
class Folders {
  private readonly made = new Map<string, Promise<void>>();

  constructor(private readonly out: string) {}

  async place(path: Path, relative: Path): Promise<FitItem> {
    const bytes = Buffer.from(relative as string);
    const slash = bytes.lastIndexOf("/");
    const folder = slash < 0 ? this.out : join(this.out, part(relative, 0, slash));
    const key = Buffer.from(folder as string).toString("latin1");
    let made = this.made.get(key);
    if (made === undefined) this.made.set(key, (made = make(folder)));
    await made;
    return { path, folder, name: part(relative, slash + 1, bytes.length) };
  }
}

function part(path: Path, start: number, end: number): Path {
  const bytes = Buffer.from(path as string).subarray(start, end);
  return typeof path === "string" ? bytes.toString("utf8") : new Uint8Array(bytes);
}

/** Without what a run left that was killed. */
async function make(folder: Path): Promise<void> {
  await mkdir(onDisk(folder), { recursive: true });
  for (const name of await readdir(onDisk(folder))) {
    const pid = processOf(name);
    if (pid !== undefined && pid !== process.pid && !isRunning(pid)) await unlink(onDisk(join(folder, name))).catch(() => {});
  }
}

function isRunning(pid: number): boolean {
  try {
    // Sends nothing, and fails where there is no such process.
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function parse(args: string[]): Options {
  const { values, positionals } = parsed(args, OPTIONS);
  const { whole, oneOf } = numbersOf(values);
  const names = positionals.filter((name) => name !== "-");
  if (positionals.length === 0) throw new WrongUse("name a file or a folder, or - for a list on standard input");
  if (values.out === undefined || values.out === "") throw new WrongUse("name the folder of the results: --out FOLDER");
  const limits = given({ maxTokens: whole("max-tokens"), maxBytes: whole("max-bytes"), maxSide: whole("max-side") });
  const quality = whole("quality");
  if (quality !== undefined && quality > 100) throw new WrongUse(`--quality must be a whole number from 1 to 100, not ${quality}`);
  const provider = knownProvider(values.provider, [...new Set(models().map(({ provider }) => provider))]);
  const isPlain = Object.keys(limits).length === 0 && values.format === undefined && quality === undefined;
  const goal = given({
    ...limits,
    quality,
    provider,
    model: values.model,
    rule: oneOf("rule", ["published", "processor"]),
    format: oneOf("format", ["auto", "jpeg", "png", "webp"]),
    fit: values.fit || isPlain ? "model" : undefined,
  }) as Goal;
  const { out, null: isNull = false, force = false, ndjson = false } = values;
  return { names, fromInput: names.length < positionals.length, isNull, out, goal, force, jobs: whole("jobs", 1024) ?? availableParallelism(), ndjson };
}

const OPTIONS = {
  out: { type: "string" },
  model: { type: "string", short: "m" },
  provider: { type: "string" },
  fit: { type: "boolean" },
  "max-tokens": { type: "string" },
  "max-bytes": { type: "string" },
  "max-side": { type: "string" },
  rule: { type: "string", short: "r" },
  format: { type: "string" },
  quality: { type: "string" },
  force: { type: "boolean" },
  jobs: { type: "string" },
  ndjson: { type: "boolean" },
  null: { type: "boolean", short: "0" },
} as const;

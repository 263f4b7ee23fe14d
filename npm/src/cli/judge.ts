/** Facts and estimates of files, by the package's own functions. */
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { compare, estimate, inspect, models, TilewiseError } from "../node.js";
import type { Comparison, Draft, Estimate, MediaFacts, MediaPart } from "../tilewise.js";
import { isUrl } from "./names.js";
import type { Options } from "./options.js";
import { WrongUse } from "./wrong-use.js";

export interface Outcome {
  model: string;
  /** One, or with --each as many as there are files. */
  requests: Request[];
  /** Files that are no image or video, or cannot be read. */
  failures: Failure[];
}

export interface Request {
  /** In the order of `estimate.media`. */
  files: { name: string; facts: MediaFacts }[];
  estimate: Estimate;
  /** By the processor's rule, where both are asked for and `estimate` goes by the published one. */
  processor?: Estimate;
  /** Under other models, where that is asked for. */
  compared?: Comparison[];
}

export interface Failure {
  name: string;
  code: string;
  message: string;
}

interface Found {
  name: string;
  part: MediaPart;
}

/** Files inspected at once. */
const AT_ONCE = 16;

export async function judge(names: string[], asked: Options): Promise<Outcome> {
  const options = { ...asked, model: asked.model ?? newest(asked.provider) };
  const found: Found[] = [];
  const failures: Failure[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const outcomes = await Promise.all(names.slice(at, at + AT_ONCE).map((name) => look(name, options)));
    for (const outcome of outcomes) {
      if ("part" in outcome) found.push(outcome);
      else failures.push(outcome);
    }
  }
  const batches = options.each ? found.map((one) => [one]) : found.length > 0 ? [found] : [];
  return { model: options.model, requests: batches.map((batch) => request(batch, options)), failures };
}

async function look(name: string, { via, detail }: Options): Promise<Found | Failure> {
  const more = detail === undefined ? {} : { detail };
  try {
    if (isUrl(name)) return { name, part: { facts: await inspect(name), via: "url", url: name, ...more } };
    const file = await open(name);
    const facts = await inspect(file);
    return { name, part: via === "url" ? { facts, via, ...more } : { facts, via, data: file, ...more } };
  } catch (error) {
    if (error instanceof TilewiseError) return { name, code: error.code, message: error.message };
    const { code = "unreadable", message } = error as NodeJS.ErrnoException;
    return { name, code, message: code === "ENOENT" ? "there is no such file" : message };
  }
}

/** A file whose bytes stay on the disk until they are asked for. */
async function open(path: string): Promise<File> {
  if (!(await stat(path)).isFile()) throw Object.assign(new Error("it is no file; --ndjson, --csv and --summary read folders"), { code: "EISDIR" });
  return Object.assign(await openAsBlob(path), { name: basename(path) }) as File;
}

/** The first current model of a provider, or of Baseten. */
export function newest(provider = "baseten"): string {
  const [first] = models({ provider, status: "current" });
  if (first === undefined) throw new WrongUse(`no current model of "${provider}" is known: name one with --model`);
  return first.id;
}

function request(batch: Found[], { model, provider, text, maxTokens, estimate: options, both, compare: providers }: Options & { model: string }): Request {
  const draft: Draft = { model, text, media: batch.map(({ part }) => part) };
  if (provider !== undefined) draft.provider = provider;
  if (maxTokens !== undefined) draft.maxTokens = maxTokens;
  const estimated = estimate(draft, options);
  // A price that was given is of one model.
  const { price: _, ...ofAny } = options;
  return {
    files: batch.map(({ name, part }) => ({ name, facts: part.facts })),
    estimate: estimated,
    // A model that has one rule alone was counted by that.
    ...(both && estimated.rule === "published" ? { processor: estimate(draft, { ...options, rule: "processor" }) } : {}),
    ...(providers ? { compared: compare(draft, { ...ofAny, ...among(providers) }) } : {}),
  };
}

/** The current models of these providers; of all that take the media where none is named. */
const among = (providers: string[]) =>
  providers.length > 0 ? { models: providers.flatMap((provider) => models({ provider, status: "current" })) } : {};

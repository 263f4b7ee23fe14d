/** What the command is told. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { availableParallelism } from "node:os";
import type { Detail, EstimateOptions } from "../tilewise.js";
import { isS3 } from "./item.js";
import { WrongUse } from "./wrong-use.js";

export const HELP = `Usage: tilewise [options] <file, folder, URL, s3://bucket/prefix or pattern>...
       tilewise fit [options] --out FOLDER <file, folder or pattern>...

What images and videos cost a vision model, and whether the provider would take them.
All of them are one request, unless --each is given. Reads a few KB of each; sends nothing.

  -m, --model ID           the model (moonshotai/Kimi-K3)
      --provider ID        whose model (the first that has it, Baseten before the others)
      --compare[=IDS]      the same under every current model, or under those of these
                           providers: --compare openai,anthropic
  -r, --rule RULE          published: what the provider documents; processor: what the model's
                           own code does; both: tokens and dollars by each. By itself the model's
      --each               a request for each file
      --via WAY            base64: files travel in the body (default); url: they are uploaded
      --text TEXT          the prompt
      --max-tokens N       most tokens of output
      --detail DETAIL      low, high, original or auto
      --sample-fps N       frames looked at in a second of video
      --max-frames N       most frames looked at in a video
      --cached-share N     share of the input in the prompt cache, 0 to 1
      --price-input USD    US dollars for a million tokens of input, in place of the model's
      --price-output USD   the same for output
  -                        names come from standard input, one a line
  -0, --null               those names end in NUL, as of find -print0
      --json               one JSON document: { model, requests, failures }; names are exact there.
                           With both rules, of a model that has both, a request's \`estimate\` goes
                           by the published one and its \`processor\` by the other; with --compare
                           it has \`compared\`
      --strict             warnings count as well

Any number of files, each as a request of its own, in memory that does not grow:
      --ndjson             a line of JSON for each file, in the order of input
      --csv                a line of CSV for each file
      --summary            sums by format, size and problem, percentiles, the ten dearest; with
                           --json as JSON; beside lines on standard error
      --resume FILE        writes the lines to FILE, behind the last whole line that is there
      --jobs N             threads (as many as there are cores)
      --connections N      at once to one host (16)
      --endpoint URL       of an S3-compatible store; credentials as Amazon's own tools find them

tilewise fit --help says how many images are made to fit a limit.

  -h, --help
  -v, --version

Patterns such as 'photos/**/*.png' are expanded where the shell did not.
Exit status: 0 fine; 1 an error of a request, or a file that is no image or video; 2 wrong use.`;

export interface Options {
  names: string[];
  fromInput: boolean;
  isNull: boolean;
  model: string | undefined;
  provider: string | undefined;
  /** The providers whose models are compared; none for all, undefined for no comparison. */
  compare: string[] | undefined;
  via: "base64" | "url";
  text: string;
  maxTokens: number | undefined;
  detail: Detail | undefined;
  estimate: EstimateOptions;
  /** By the processor's rule as well. */
  both: boolean;
  each: boolean;
  json: boolean;
  strict: boolean;
  ndjson: boolean;
  csv: boolean;
  summary: boolean;
  resume: string | undefined;
  jobs: number;
  connections: number;
  endpoint: string | undefined;
  help: boolean;
  version: boolean;
}

/** @param providers The ids of those that there are. */
export function parse(args: string[], providers: string[]): Options {
  const { values, positionals } = parsed(args.flatMap(withList(providers)), OPTIONS);
  const { number, oneOf, whole } = numbersOf(values);
  const rule = oneOf("rule", ["published", "processor", "both"]);
  const names = positionals.filter((name) => name !== "-");
  const options: Options = {
    names,
    fromInput: names.length < positionals.length,
    isNull: values.null ?? false,
    model: values.model,
    provider: knownProvider(values.provider, providers),
    compare: values.compare === undefined ? undefined : compared(values.compare, providers),
    via: oneOf("via", ["base64", "url"]) ?? "base64",
    text: values.text ?? "",
    maxTokens: number("max-tokens"),
    detail: oneOf("detail", ["low", "high", "original", "auto"]),
    estimate: given({
      rule: rule === "both" ? "published" : rule,
      sampleFps: number("sample-fps"),
      maxFrames: number("max-frames"),
      today: new Date().toISOString().slice(0, 10),
      cachedShare: number("cached-share"),
      price: given({ input: number("price-input"), output: number("price-output") }),
    }) as EstimateOptions,
    both: rule === "both",
    each: values.each ?? false,
    json: values.json ?? false,
    strict: values.strict ?? false,
    ndjson: values.ndjson ?? false,
    csv: values.csv ?? false,
    summary: values.summary ?? false,
    resume: values.resume,
    jobs: whole("jobs", MOST) ?? availableParallelism(),
    connections: whole("connections", MOST) ?? 16,
    endpoint: address(values.endpoint),
    help: values.help ?? false,
    version: values.version ?? false,
  };
  if (!options.help && !options.version && positionals.length === 0) throw new WrongUse("name a file, or - for a list on standard input");
  if (!options.help && !options.version) check(options);
  return options;
}

/** Reads options that are numbers, or one of a few words. */
export function numbersOf<V extends Record<string, string | boolean | undefined>>(values: V) {
  const number = (name: keyof V & string): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (typeof text !== "string" || text.trim() === "" || !Number.isFinite(value)) throw new WrongUse(`--${name} must be a number, not "${text}"`);
    return value;
  };
  return {
    number,
    whole(name: keyof V & string, most = Number.MAX_SAFE_INTEGER): number | undefined {
      const value = number(name);
      if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= most)) return value;
      throw new WrongUse(`--${name} must be a whole number from 1 to ${most}, not ${value}`);
    },
    oneOf<T extends string>(name: keyof V & string, all: readonly T[]): T | undefined {
      const text = values[name];
      const found = all.find((one) => one === (text as unknown));
      if (text !== undefined && found === undefined) throw new WrongUse(`--${name} must be one of ${all.join(", ")}, not "${text}"`);
      return found;
    },
  };
}

/** Of threads and connections. */
const MOST = 1024;

export const isBulk = ({ ndjson, csv, summary }: Options): boolean => ndjson || csv || summary;

/** Options that contradict each other, or that only some ways of output have. */
function check(options: Options): void {
  const { ndjson, csv, summary, json, both, resume, names } = options;
  if (ndjson && csv) throw new WrongUse("--ndjson and --csv are two forms of the same lines: choose one");
  if (json && (ndjson || csv) && !summary) throw new WrongUse("--json is one document: leave it out beside --ndjson and --csv");
  if (isBulk(options) && both) throw new WrongUse("--rule both has no place in lines and sums: choose one rule");
  if (resume !== undefined && !ndjson && !csv) throw new WrongUse("--resume goes on with lines: add --ndjson or --csv");
  if (!isBulk(options) && names.some(isS3)) throw new WrongUse("s3:// names many files: add --ndjson, --csv or --summary");
}

function address(text: string | undefined): string | undefined {
  if (text === undefined || /^https?:\/\/[^/]/i.test(text)) return text;
  throw new WrongUse(`--endpoint must be an http(s) address, not "${text}"`);
}

/** What may follow `--compare` is a list only where it names nothing but providers; else it is a file. */
const withList = (providers: string[]) => (arg: string, at: number, all: string[]): string[] => {
  const isList = (text: string | undefined) => text?.split(",").every((id) => providers.includes(id)) ?? false;
  if (arg === "--compare") return [isList(all[at + 1]) ? `--compare=${all[at + 1]}` : "--compare="];
  return all[at - 1] === "--compare" && isList(arg) ? [] : [arg];
};

export function knownProvider(id: string | undefined, providers: string[]): string | undefined {
  if (id === undefined || providers.includes(id)) return id;
  throw new WrongUse(`there is no provider "${id}": known are ${providers.join(", ")}`);
}

function compared(list: string, providers: string[]): string[] {
  const ids = list.split(",").filter(Boolean);
  for (const id of ids) knownProvider(id, providers);
  return [...new Set(ids)];
}

/** Options by their names, and what is none. */
export function parsed<O extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: O) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    // Some of Node's own messages have several lines.
    throw new WrongUse((error instanceof Error ? error.message : String(error)).replaceAll("\n", " "));
  }
}

export const given = (options: object) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

const OPTIONS = {
  model: { type: "string", short: "m" },
  provider: { type: "string" },
  compare: { type: "string" },
  rule: { type: "string", short: "r" },
  each: { type: "boolean" },
  via: { type: "string" },
  text: { type: "string" },
  "max-tokens": { type: "string" },
  detail: { type: "string" },
  "sample-fps": { type: "string" },
  "max-frames": { type: "string" },
  "cached-share": { type: "string" },
  "price-input": { type: "string" },
  "price-output": { type: "string" },
  null: { type: "boolean", short: "0" },
  json: { type: "boolean" },
  strict: { type: "boolean" },
  ndjson: { type: "boolean" },
  csv: { type: "boolean" },
  summary: { type: "boolean" },
  resume: { type: "string" },
  jobs: { type: "string" },
  connections: { type: "string" },
  endpoint: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** What the command is told. */
import { parseArgs } from "node:util";
import type { Detail, EstimateOptions } from "../tilewise.js";

export const HELP = `Usage: tilewise [options] <file, URL or pattern>...

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
  -h, --help
  -v, --version

Patterns such as 'pictures/**/*.png' are expanded where the shell did not.
Exit status: 0 fine; 1 an error of a request, or a file that is no image or video; 2 wrong use.`;

/** A use that cannot be meant. */
export class WrongUse extends Error {}

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
  help: boolean;
  version: boolean;
}

/** @param providers The ids of those that there are. */
export function parse(args: string[], providers: string[]): Options {
  const { values, positionals } = parsed(args.flatMap(withList(providers)));
  const number = (name: keyof typeof values): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (typeof text !== "string" || text.trim() === "" || !Number.isFinite(value)) throw new WrongUse(`--${name} must be a number, not "${text}"`);
    return value;
  };
  const oneOf = <T extends string>(name: keyof typeof values, all: readonly T[]): T | undefined => {
    const text = values[name];
    const found = all.find((one) => one === text);
    if (text !== undefined && found === undefined) throw new WrongUse(`--${name} must be one of ${all.join(", ")}, not "${text}"`);
    return found;
  };
  const rule = oneOf("rule", ["published", "processor", "both"]);
  const names = positionals.filter((name) => name !== "-");
  const options: Options = {
    names,
    fromInput: names.length < positionals.length,
    isNull: values.null ?? false,
    model: values.model,
    provider: provider(values.provider, providers),
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
    help: values.help ?? false,
    version: values.version ?? false,
  };
  if (!options.help && !options.version && positionals.length === 0) throw new WrongUse("name a file, or - for a list on standard input");
  return options;
}

/** What may follow `--compare` is a list only where it names nothing but providers; else it is a file. */
const withList = (providers: string[]) => (arg: string, at: number, all: string[]): string[] => {
  const isList = (text: string | undefined) => text?.split(",").every((id) => providers.includes(id)) ?? false;
  if (arg === "--compare") return [isList(all[at + 1]) ? `--compare=${all[at + 1]}` : "--compare="];
  return all[at - 1] === "--compare" && isList(arg) ? [] : [arg];
};

function provider(id: string | undefined, providers: string[]): string | undefined {
  if (id === undefined || providers.includes(id)) return id;
  throw new WrongUse(`there is no provider "${id}": known are ${providers.join(", ")}`);
}

function compared(list: string, providers: string[]): string[] {
  const ids = list.split(",").filter(Boolean);
  for (const id of ids) provider(id, providers);
  return [...new Set(ids)];
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
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
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    });
  } catch (error) {
    // Some of Node's own messages have several lines.
    throw new WrongUse((error instanceof Error ? error.message : String(error)).replaceAll("\n", " "));
  }
}

const given = (options: object) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Request bodies that other clients wrote. */
import { generation, init } from "./binary.js";
import { type BodyCall, inspect, readBody } from "./binding.js";
import { call } from "./calls.js";
import { TilewiseError } from "./error.js";
import { engine } from "./text-part.js";
import type * as contract from "./tilewise.js";

type Facts = Record<string, contract.MediaFacts>;

/** Longer strings are looked at where they are, if they may be the data of a media item. */
const MAX_SHORT = 4096;
/** Longest text between such strings, in characters. No model takes more. */
const MAX_TEXT = 32 * 1024 * 1024;
/** For reading what lies behind all addresses of a body, in milliseconds. */
const URLS_MS = 5000;

export interface OpenBody {
  /** Tasks: "urls", "text", "estimate", "judge", "source", "replace", "bill", as the binary knows them. */
  ask<T>(task: string, argument?: unknown): T;
  /** The next bytes of its answer. Gives whether that is complete, whatever follows. */
  push(chunk: Uint8Array): boolean;
  /** One of the strings that stay outside. */
  string(number: number): string;
  /** A text of pieces, in which numbers stand for such strings. */
  joined(pieces: (string | number)[]): string;
  /** To be called when no task follows. */
  free(): void;
}

export const estimateBody: typeof contract.estimateBody = async (body, options = {}) => {
  const { provider, facts, inspectUrls, ...rest } = options;
  const opened = await openBody(typeof body === "string" ? body : written(body));
  try {
    return await estimateOpen(opened, { options: rest, provider, facts, inspectUrls });
  } finally {
    opened.free();
  }
};

function written(body: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch (cause) {
    throw new TilewiseError("invalid_argument", "body: it cannot be written as JSON", { cause });
  }
  return text ?? "";
}

/** @throws "invalid_argument" for what is no body that is known. */
export async function openBody(text: string): Promise<OpenBody> {
  const { texts, strings } = taken(text);
  if (text.length - strings.reduce((sum, [from, to]) => sum + to - from, 0) > MAX_TEXT) {
    throw new TilewiseError("invalid_argument", `body: it holds more than ${MAX_TEXT} characters beside its media`);
  }
  await init();
  const read = (number: number, from: number, to: number): string => {
    const start = strings[number]?.[0] ?? 0;
    return text.slice(start + from, start + to);
  };
  const lengths = Float64Array.from(strings, ([from, to]) => to - from);
  const opened = await call<BodyCall>(() => readBody(texts, lengths, read));
  const born = generation;
  const checked = (): BodyCall => {
    if (born === generation) return opened;
    throw new TilewiseError("internal", "the binary failed at another call, and this one is lost with it");
  };
  const string = (number: number) => text.slice(...(strings[number] ?? [0, 0]));
  return {
    ask: (task, argument) => checked().ask(task, argument),
    push: (chunk) => checked().push(chunk),
    string,
    joined: (pieces) => pieces.map((piece) => (typeof piece === "string" ? piece : string(piece))).join(""),
    free: () => {
      if (born === generation) opened.free();
    },
  };
}

export interface BodyOptions {
  options?: contract.EstimateOptions | undefined;
  provider?: string | undefined;
  /** Where it is sent: an address tells the provider, where none is given. */
  address?: string | undefined;
  facts?: Facts | undefined;
  inspectUrls?: boolean | undefined;
  /** Its text goes through a conversion that is not known before it is counted. */
  isAnthropic?: boolean | undefined;
}

export async function estimateOpen(body: OpenBody, { inspectUrls, isAnthropic, ...options }: BodyOptions): Promise<contract.Estimate> {
  const facts: Facts = { ...options.facts };
  if (inspectUrls) Object.assign(facts, await inspected(body.ask<string[]>("urls", facts)));
  return body.ask("estimate", { ...options, facts, text: isAnthropic ? undefined : counted(body, options) });
}

/** Its text where it is counted exactly, as the binary takes it. */
function counted(body: OpenBody, options: BodyOptions): unknown {
  const known = engine && body.ask<[string, (string | number)[]] | null>("text", options);
  return known && engine?.countedBody(body.joined(known[1]), known[0]);
}

/** What could be learnt in time. What could not is not counted, and a note says so. */
async function inspected(urls: string[]): Promise<Facts> {
  const facts: Facts = {};
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), URLS_MS);
  const options = { signal: controller.signal };
  const each = urls.map(async (url) => {
    if (/^https?:/i.test(url)) facts[url] = await call<contract.MediaFacts>(() => inspect(url, options));
  });
  await Promise.allSettled(each);
  clearTimeout(timer);
  return facts;
}

/**
 * A JSON text without its long strings, and where those are. In valid JSON quotes stand around strings alone, so that it
 * is enough to go from quote to quote, which takes a fraction of the time in which the text was written.
 */
function taken(text: string): { texts: string[]; strings: [number, number][] } {
  const texts: string[] = [];
  const strings: [number, number][] = [];
  let from = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closing(text, open + 1);
    if (close < 0) break;
    if (close - open > MAX_SHORT && /^(data:[^,]*base64,|[\w+/=]{64})/i.test(text.slice(open + 1, open + 257))) {
      texts.push(text.slice(from, open + 1));
      strings.push([open + 1, close]);
      from = close;
    }
    open = text.indexOf('"', close + 1);
  }
  texts.push(text.slice(from));
  return { texts, strings };
}

/** The quote that ends a string. */
function closing(text: string, from: number): number {
  for (let close = text.indexOf('"', from); close >= 0; close = text.indexOf('"', close + 1)) {
    let slash = close - 1;
    while (text[slash] === "\\") slash -= 1;
    if ((close - slash) % 2 === 1) return close;
  }
  return -1;
}

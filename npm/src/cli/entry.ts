/** What a file costs as a request of its own: the line that it gets. */
import { compare, estimate, models, TilewiseError } from "../node.js";
import type { Detail, Draft, EstimateOptions, MediaFacts, MediaPart, Violation } from "../tilewise.js";
import { inspectOnDisk } from "./disk.js";
import { HttpFiles } from "./http.js";
import { type Item, nameOf } from "./item.js";
import { ReadError } from "./ranges.js";
import { Buckets } from "./s3.js";

/** What all files have in common. Goes to threads, so it is plain data. */
export interface Settings {
  model: string;
  provider: string | undefined;
  text: string;
  maxTokens: number | undefined;
  detail: Detail | undefined;
  via: "base64" | "url";
  estimate: EstimateOptions;
  /** The models that each file is compared under, in the order of columns; none for no comparison. */
  compared: { provider: string; id: string }[];
  /** Of an S3-compatible store. */
  endpoint: string | undefined;
  /** At once to one host. */
  connections: number;
}

export interface Entry {
  name: string;
  nameBase64?: string;
  model: string;
  /** As all that follows, but for `error`, of a file that could be read. */
  facts?: MediaFacts;
  /** Of the file alone. */
  tokens?: number | null;
  /** With text and markers. */
  inputTokens?: number;
  /** Of the input. */
  usd?: number | null;
  maxOutputUsd?: number | null;
  violations?: Pick<Violation, "code" | "severity" | "message">[];
  /** By "provider/id". */
  compared?: Record<string, Compared>;
  error?: { code: string; message: string };
  /** A folder or a bucket, of which not all files may have lines. */
  unlisted?: true;
}

export interface Compared {
  tokens: number | null;
  usd: number | null;
  /** The code of the violation for which it would be refused. */
  refused: string | null;
}

/** Of a file, without what only its name and its bytes say. */
type Costs = Pick<Entry, "tokens" | "inputTokens" | "usd" | "maxOutputUsd" | "violations" | "compared">;

/** Estimates that are kept. */
const MAX_KEPT = 4096;

export class Judge {
  /** By the facts that an estimate depends on: photos of one camera differ in their bytes alone. */
  private readonly kept = new Map<string, Costs>();
  /** Files below it are below every limit in bytes, so that their number of bytes changes nothing. */
  private readonly smallBytes: number;
  private readonly http: HttpFiles;
  private buckets: Promise<Buckets> | undefined;

  constructor(private readonly settings: Settings) {
    this.http = new HttpFiles(settings.connections);
    this.smallBytes = smallBytes(settings);
  }

  /** Whatever is wrong with a file is said in its entry. */
  async entry(item: Item): Promise<Entry> {
    const { name, nameBase64 } = nameOf(item);
    const { model } = this.settings;
    const head = nameBase64 === null ? { name, model } : { name, nameBase64, model };
    if (item.kind === "unlisted") return { ...head, error: { code: item.code, message: item.message }, unlisted: true };
    try {
      const facts = await this.inspect(item);
      return { ...head, facts, ...this.cost(facts, item) };
    } catch (error) {
      return { ...head, error: said(error) };
    }
  }

  async close(): Promise<void> {
    this.http.close();
    // What could not be opened is in the lines already.
    (await this.buckets?.catch(() => undefined))?.close();
  }

  private async inspect(item: Exclude<Item, { kind: "unlisted" }>): Promise<MediaFacts> {
    if (item.kind === "file") return inspectOnDisk(item.path);
    if (item.kind === "url") return this.http.inspect(item.url);
    this.buckets ??= Buckets.connect(this.settings);
    return (await this.buckets).inspect(item.bucket, item.key, item.bytes);
  }

  private cost(facts: MediaFacts, item: Item): Costs {
    // An address is judged itself.
    if (item.kind === "url" || facts.bytes === null || facts.bytes > this.smallBytes) return this.estimate(facts, item);
    const key = JSON.stringify({ ...facts, bytes: 0, bytesRead: 0 });
    let costs = this.kept.get(key);
    if (costs === undefined) {
      costs = this.estimate(facts, item);
      if (this.kept.size >= MAX_KEPT) this.kept.clear();
      this.kept.set(key, costs);
    }
    return costs;
  }

  private estimate(facts: MediaFacts, item: Item): Costs {
    const { model, provider, text, maxTokens, detail, via, estimate: options, compared } = this.settings;
    const part: MediaPart = item.kind === "url" ? { facts, via: "url", url: item.url } : { facts, via };
    if (detail !== undefined) part.detail = detail;
    const draft: Draft = { model, text, media: [part] };
    if (provider !== undefined) draft.provider = provider;
    if (maxTokens !== undefined) draft.maxTokens = maxTokens;
    const { media, rule, inputTokens, cost, violations } = estimate(draft, options);
    const entry: Costs = {
      tokens: media[0]?.tokens[rule] ?? null,
      inputTokens,
      usd: cost.inputUsd,
      violations: violations.map(({ code, severity, message }) => ({ code, severity, message })),
    };
    if (maxTokens !== undefined) entry.maxOutputUsd = cost.maxOutputUsd;
    if (compared.length > 0) entry.compared = this.compare(draft);
    return entry;
  }

  private compare(draft: Draft): Record<string, Compared> {
    // A price that was given is of one model.
    const { price: _, ...options } = this.settings.estimate;
    const found = compare(draft, { ...options, models: this.settings.compared });
    const columns = found.map(({ model, estimate, errors }): [string, Compared] => {
      const { media, rule, inputTokens, cost } = estimate;
      const isCounted = media[0]?.tokens[rule] !== null;
      return [`${model.provider}/${model.id}`, { tokens: isCounted ? inputTokens : null, usd: isCounted ? cost.inputUsd : null, refused: errors[0]?.code ?? null }];
    });
    return Object.fromEntries(columns);
  }
}

/** Half of the lowest limit in bytes of all models that are asked about, less what the text takes: base64 takes a third more. */
function smallBytes({ model, provider, text, compared }: Settings): number {
  const all = models(provider === undefined ? {} : { provider });
  const own = all.find(({ id }) => id === model);
  // Of a model that is not known, no limits are.
  if (own === undefined) return -1;
  const others = models().filter(({ id, provider }) => compared.some((one) => one.id === id && one.provider === provider));
  const limits = [own, ...others].flatMap(({ limits }) => [limits.maxBodyBytes, limits.maxMediaBytes, limits.maxImageBytes, limits.maxImageBase64Bytes]);
  const lowest = Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  return (lowest - 65_536 - 8 * text.length) / 2;
}

/** What makes the command's status an error. */
export const isFound = ({ error, violations = [] }: Entry, strict: boolean): boolean =>
  error !== undefined || violations.some(({ severity }) => strict || severity === "error");

export function said(error: unknown): { code: string; message: string } {
  if (error instanceof TilewiseError || error instanceof ReadError) return { code: error.code, message: error.message };
  const { code = "unreadable", message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = { ENOENT: "there is no such file", EACCES: "the file may not be read", ENAMETOOLONG: "the name is too long" };
  return { code, message: known[code] ?? message };
}

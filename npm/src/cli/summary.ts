/** Sums of any number of files, in memory that their number does not change. */
import { Distribution } from "./distribution.js";
import type { Recorded } from "./record.js";

/** How many of the dearest are named. */
const DEAREST = 10;
const PICO = 1e12;

export interface Sum {
  files: number;
  bytes: bigint;
  inputTokens: bigint;
  /** Millionths of a millionth of a dollar, so that the order of files changes no digit. */
  picoUsd: bigint;
}

export interface Dear {
  name: string;
  inputTokens: number;
  usd: number;
}

/** Plain data, so that threads can hand theirs over. */
export interface Sums {
  total: Sum;
  maxOutputPicoUsd: bigint;
  /** Files of which no price is known. */
  unpriced: number;
  failures: Map<string, number>;
  formats: Map<string, Sum>;
  sizes: Map<number, Sum>;
  violations: Map<string, number>;
  models: Map<string, Sum & { refused: number; unknown: number }>;
  tokens: Map<number, number>;
  usd: Map<number, number>;
  dearest: Dear[];
}

/** Upper ends of classes of size, in millions of pixels of a frame. */
export const MEGAPIXELS = [0.5, 1, 2, 4, 8, 16, 32, Number.POSITIVE_INFINITY];

export class Summary {
  private readonly tokens = new Distribution();
  private readonly usd = new Distribution();
  private dearest: Dear[] = [];
  private readonly sums: Omit<Sums, "tokens" | "usd" | "dearest"> = {
    total: nothing(),
    maxOutputPicoUsd: 0n,
    unpriced: 0,
    failures: new Map(),
    formats: new Map(),
    sizes: new Map(),
    violations: new Map(),
    models: new Map(),
  };

  add(entry: Recorded): void {
    const { sums } = this;
    for (const { code, severity } of entry.violations) increase(sums.violations, `${severity} ${code}`, 1);
    if (entry.error !== undefined) return increase(sums.failures, entry.error, 1);
    const { format = "", pixels = 0, bytes = null, inputTokens = 0, usd = null } = entry;
    const size = MEGAPIXELS.find((end) => pixels <= end * 1e6) ?? Number.POSITIVE_INFINITY;
    const one: Sum = { files: 1, bytes: BigInt(bytes ?? 0), inputTokens: BigInt(inputTokens), picoUsd: pico(usd) };
    for (const sum of [sums.total, of(sums.formats, format, nothing), of(sums.sizes, size, nothing)]) join(sum, one);
    sums.maxOutputPicoUsd += pico(entry.maxOutputUsd);
    this.tokens.add(inputTokens);
    if (usd === null) sums.unpriced += 1;
    else {
      // In billionths of a dollar: a token costs tens of them at least.
      this.usd.add(Math.round(usd * 1e9));
      this.remember({ name: entry.name, inputTokens, usd });
    }
    for (const [model, { tokens, usd, refused }] of Object.entries(entry.compared ?? {})) {
      const sum = of(sums.models, model, () => ({ ...nothing(), refused: 0, unknown: 0 }));
      if (refused !== null) sum.refused += 1;
      else if (tokens === null || usd === null) sum.unknown += 1;
      else join(sum, { ...one, inputTokens: BigInt(tokens), picoUsd: pico(usd) });
    }
  }

  merge(other: Sums): void {
    const { sums } = this;
    join(sums.total, other.total);
    sums.maxOutputPicoUsd += other.maxOutputPicoUsd;
    sums.unpriced += other.unpriced;
    for (const [code, count] of other.failures) increase(sums.failures, code, count);
    for (const [code, count] of other.violations) increase(sums.violations, code, count);
    for (const [format, sum] of other.formats) join(of(sums.formats, format, nothing), sum);
    for (const [size, sum] of other.sizes) join(of(sums.sizes, size, nothing), sum);
    for (const [model, sum] of other.models) {
      const joined = of(sums.models, model, () => ({ ...nothing(), refused: 0, unknown: 0 }));
      join(joined, sum);
      joined.refused += sum.refused;
      joined.unknown += sum.unknown;
    }
    this.tokens.merge(other.tokens);
    this.usd.merge(other.usd);
    for (const one of other.dearest) this.remember(one);
  }

  get result(): Sums {
    return { ...this.sums, tokens: this.tokens.counts, usd: this.usd.counts, dearest: this.dearest };
  }

  private remember(one: Dear): void {
    const last = this.dearest[DEAREST - 1];
    if (last !== undefined && compareDear(last, one) <= 0) return;
    this.dearest = [...this.dearest, one].sort(compareDear).slice(0, DEAREST);
  }
}

/** Of equal ones by name, so that threads that end in another order name the same. */
const compareDear = (one: Dear, other: Dear): number => other.usd - one.usd || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

export const pico = (usd: number | null | undefined): bigint => BigInt(Math.round((usd ?? 0) * PICO));
export const dollarsOf = (picoUsd: bigint): number => Number(picoUsd) / PICO;

const nothing = (): Sum => ({ files: 0, bytes: 0n, inputTokens: 0n, picoUsd: 0n });

function join(sum: Sum, other: Sum): void {
  sum.files += other.files;
  sum.bytes += other.bytes;
  sum.inputTokens += other.inputTokens;
  sum.picoUsd += other.picoUsd;
}

function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function of<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

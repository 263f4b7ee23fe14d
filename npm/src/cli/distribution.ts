/** How whole numbers are distributed: exact up to 2,048, above it to within a thousandth, in a few thousand counters. */

/** Of a number above 2,048 so many leading bits count. */
const BITS = 11;

export class Distribution {
  /** By the lowest number of each class. */
  readonly counts = new Map<number, number>();

  add(value: number): void {
    const key = classOf(value);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  merge(other: Map<number, number>): void {
    for (const [key, count] of other) this.counts.set(key, (this.counts.get(key) ?? 0) + count);
  }
}

function classOf(value: number): number {
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value))) + 1 - BITS);
  return Math.floor(value / unit) * unit;
}

/** The numbers below which these shares of all lie; undefined of none. */
export function quantiles(counts: Map<number, number>, shares: number[]): number[] | undefined {
  const sorted = [...counts].sort(([one], [other]) => one - other);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  return shares.map((share) => {
    // The nearest rank, from 1.
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    for (const [value, count] of sorted) {
      seen += count;
      if (seen >= rank) return value;
    }
    return sorted.at(-1)?.[0] ?? 0;
  });
}

export interface Bar {
  low: number;
  /** The next bar's `low`; null of the last, where it holds all that is higher. */
  high: number | null;
  count: number;
}

/** Some bars with round ends. What lies above nearly all is in the last one, so that it does not flatten the others. */
export function bars(counts: Map<number, number>, most: number): Bar[] {
  const [low, high] = quantiles(counts, [0, 0.99]) ?? [];
  if (low === undefined || high === undefined) return [];
  const step = roundStep((high - low + 1) / most);
  const start = Math.floor(low / step) * step;
  const made: Bar[] = [];
  for (let at = start; at <= high; at += step) made.push({ low: at, high: at + step, count: 0 });
  for (const [value, count] of counts) {
    const bar = made[Math.floor((value - start) / step)] ?? made.at(-1);
    if (bar === undefined) continue;
    bar.count += count;
    if (bar.high !== null && value >= bar.high) bar.high = null;
  }
  return made;
}

/** 1, 2 or 5 times a power of ten, no less than this. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) ?? 10 * power;
}

/** Sums as a person and as a program reads them. */
import { bars, quantiles } from "./distribution.js";
import { bytes, count, dollars } from "./report.js";
import { dollarsOf, MEGAPIXELS, type Sum, type Sums } from "./summary.js";
import { type Column, table } from "./table.js";
import { type Terminal, visible } from "./terminal.js";

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];
const NAMES = ["least", "5 %", "25 %", "median", "75 %", "95 %", "99 %", "most"];
const BARS = 12;
const BAR_CELLS = 40;
const NANO = 1e9;

export function summaryText(model: string, sums: Sums, terminal: Terminal): string {
  const { total, failures, violations, formats, sizes, models, unpriced, dearest, maxOutputPicoUsd } = sums;
  const failed = [...failures.values()].reduce((sum, one) => sum + one, 0);
  const paragraphs = [
    [visible(model)],
    table<[string, Sum]>(sumColumns("", ([name]) => name, ([, sum]) => sum), [["all files", total]], terminal),
    maxOutputPicoUsd > 0n ? [`The longest answers to all of them would cost ${dollars(dollarsOf(maxOutputPicoUsd))} more.`] : [],
    unpriced > 0 ? [`${count(unpriced)} files are counted without a price: none is known.`] : [],
    formats.size > 0 ? table(sumColumns<[string, Sum]>("FORMAT", ([name]) => name, ([, sum]) => sum), byFiles(formats), terminal) : [],
    sizes.size > 0 ? table(sumColumns<[number, Sum]>("MEGAPIXELS", ([end]) => sizeName(end), ([, sum]) => sum), [...sizes].sort(([one], [other]) => one - other), terminal) : [],
    modelTable(models, total.files, terminal),
    spread(sums, terminal),
    histogram(sums),
    dearest.length > 0
      ? table(
          [
            { heading: "DEAREST", cell: ({ name }) => visible(name) },
            { heading: "TOKENS", cell: ({ inputTokens }) => count(inputTokens), isFigure: true },
            { heading: "COST", cell: ({ usd }) => dollars(usd), isFigure: true },
          ],
          dearest,
          terminal,
        )
      : [],
    counted("PROBLEM", violations, terminal),
    failed > 0 ? counted("FAILED", failures, terminal) : [],
  ];
  return paragraphs.flatMap((lines) => (lines.length > 0 ? [lines.join("\n")] : [])).join("\n\n");
}

/** With sums as decimal text, since they may be above 2⁵³. */
export function summaryJson(model: string, sums: Sums): object {
  const sum = ({ files, bytes, inputTokens, picoUsd }: Sum) => ({ files, bytes: number(bytes), inputTokens: number(inputTokens), usd: dollarsOf(picoUsd) });
  const percentiles = (counts: Map<number, number>, unit: number) => {
    const found = quantiles(counts, SHARES);
    return found ? Object.fromEntries(SHARES.map((share, index) => [`p${share * 100}`, (found[index] ?? 0) / unit])) : null;
  };
  return {
    model,
    total: { ...sum(sums.total), picoUsd: `${sums.total.picoUsd}`, maxOutputUsd: dollarsOf(sums.maxOutputPicoUsd), unpriced: sums.unpriced },
    failures: Object.fromEntries(sums.failures),
    violations: Object.fromEntries(sums.violations),
    formats: Object.fromEntries([...sums.formats].map(([format, of]) => [format, sum(of)])),
    megapixels: [...sums.sizes].sort(([one], [other]) => one - other).map(([upTo, of]) => ({ upTo: Number.isFinite(upTo) ? upTo : null, ...sum(of) })),
    models: Object.fromEntries([...sums.models].map(([id, of]) => [id, { ...sum(of), refused: of.refused, unknown: of.unknown }])),
    inputTokens: percentiles(sums.tokens, 1),
    usd: percentiles(sums.usd, NANO),
    histogram: bars(sums.tokens, BARS),
    dearest: sums.dearest,
  };
}

const number = (value: bigint): number | string => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`);

function sumColumns<Row>(heading: string, name: (row: Row) => string, sum: (row: Row) => Sum): Column<Row>[] {
  return [
    { heading, cell: name },
    { heading: "FILES", cell: (row) => count(sum(row).files), isFigure: true },
    { heading: "SIZE", cell: (row) => bytes(Number(sum(row).bytes)), isFigure: true },
    { heading: "TOKENS", cell: (row) => sum(row).inputTokens.toLocaleString("en-GB"), isFigure: true },
    { heading: "COST", cell: (row) => dollars(dollarsOf(sum(row).picoUsd)), isFigure: true },
  ];
}

const byFiles = (sums: Map<string, Sum>) => [...sums].sort(([one, { files }], [other, { files: others }]) => others - files || one.localeCompare(other));

function sizeName(end: number): string {
  const last = MEGAPIXELS.at(-2);
  return Number.isFinite(end) ? `up to ${end}` : `above ${last}`;
}

function modelTable(models: Sums["models"], files: number, terminal: Terminal): string[] {
  if (models.size === 0) return [];
  type Row = [string, Sum & { refused: number; unknown: number }];
  // A sum over fewer files is no smaller price.
  const missing = ([, { refused, unknown }]: Row) => refused + unknown;
  const rows = [...models].sort((one, other) => missing(one) - missing(other) || Number(one[1].picoUsd - other[1].picoUsd));
  const columns: Column<Row>[] = [
    { heading: "MODEL", cell: ([id]) => visible(id) },
    { heading: "TOKENS", cell: ([, { inputTokens }]) => inputTokens.toLocaleString("en-GB"), isFigure: true },
    { heading: "COST", cell: ([, { picoUsd }]) => dollars(dollarsOf(picoUsd)), isFigure: true },
    { heading: "FILES", cell: (row) => count(files - missing(row)), isFigure: true },
    { heading: "REFUSED", cell: ([, { refused }]) => count(refused), isFigure: true },
  ];
  return table(columns, rows, terminal);
}

function spread({ tokens, usd }: Sums, terminal: Terminal): string[] {
  const tokenShares = quantiles(tokens, SHARES);
  if (tokenShares === undefined) return [];
  const usdShares = quantiles(usd, SHARES);
  const columns: Column<number>[] = [
    { heading: "A FILE", cell: (index) => NAMES[index] ?? "" },
    { heading: "TOKENS", cell: (index) => count(tokenShares[index]), isFigure: true },
    { heading: "COST", cell: (index) => dollars(usdShares && (usdShares[index] ?? 0) / NANO), isFigure: true },
  ];
  return table(columns, [...NAMES.keys()], terminal);
}

function histogram({ tokens }: Sums): string[] {
  const found = bars(tokens, BARS);
  const most = Math.max(...found.map(({ count }) => count));
  const ends = found.map(({ low, high }) => (high === null ? `${count(low)} or more` : `${count(low)} to ${count(high - 1)}`));
  const width = Math.max(0, ...ends.map((text) => text.length));
  return found.map((bar, index) => {
    const cells = Math.round((bar.count / most) * BAR_CELLS);
    return `${(ends[index] ?? "").padStart(width)}  ${"█".repeat(bar.count > 0 ? Math.max(1, cells) : 0)}${bar.count > 0 ? " " : ""}${count(bar.count)}`;
  });
}

function counted(heading: string, counts: Map<string, number>, terminal: Terminal): string[] {
  if (counts.size === 0) return [];
  const rows = [...counts].sort(([one, files], [other, others]) => others - files || one.localeCompare(other));
  return table<[string, number]>(
    [
      { heading, cell: ([code]) => visible(code) },
      { heading: "FILES", cell: ([, files]) => count(files), isFigure: true },
    ],
    rows,
    terminal,
  );
}

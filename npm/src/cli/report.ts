/** An outcome as a person reads it. */
import type { Comparison, Estimate, Violation } from "../tilewise.js";
import type { Outcome, Request } from "./judge.js";
import type { Options } from "./options.js";
import { type Column, table } from "./table.js";
import { hanging, type Terminal, visible } from "./terminal.js";

/** A file of a request, or without one the request as a whole. */
interface Row {
  request: Request;
  file?: number;
}

export function report({ model, requests, failures }: Outcome, options: Options, terminal: Terminal): string {
  const { paint } = terminal;
  const rows = requests.flatMap((request) => request.files.map((_, file): Row => ({ request, file })));
  // Text and markers are part of the request, and of no file.
  const totals = options.each ? [] : requests.map((request): Row => ({ request }));
  const remark = (head: string, text: string) => hanging(head, visible(text), terminal);
  const failed = failures.map(({ name, message }) => remark(`${paint("red", "error")}    `, `${name}: ${message}`));
  const violated = requests.flatMap((request) =>
    violations(request).map((violation) => {
      const head = violation.severity === "error" ? `${paint("red", "error")}    ` : `${paint("yellow", "warning")}  `;
      return remark(head, sentence(violation, request, options));
    }),
  );
  const notes = new Set(requests.flatMap((request) => estimates(request).flatMap((estimate) => estimate.notes)));
  const paragraphs = [
    [visible(`${model}, ${options.both ? "both rules" : `rule "${requests[0]?.estimate.rule ?? options.estimate.rule ?? "the model's"}"`}`)],
    rows.length > 0 ? table(columns(options), [...rows, ...totals], terminal) : [],
    ...requests.map((request) => comparison(request, options, terminal)),
    [...failed, ...violated],
    [...notes].map((note) => remark("note     ", note)),
  ];
  return paragraphs.flatMap((lines) => (lines.length > 0 ? [lines.join("\n")] : [])).join("\n\n");
}

/** By the rule that was asked for, or by each. */
export const estimates = ({ estimate, processor }: Request): Estimate[] => (processor ? [estimate, processor] : [estimate]);

/** Both rules find most of them alike. */
export function violations(request: Request): Violation[] {
  const found = estimates(request).flatMap((estimate) => estimate.violations);
  return [...new Map(found.map((violation) => [JSON.stringify(violation), violation])).values()];
}

function columns({ both }: Options): Column<Row>[] {
  const chosen = ({ estimate }: Request) => estimate;
  return [
    { heading: "FILE", cell: ({ request, file }) => (file === undefined ? "request" : visible(request.files[file]?.name ?? "")) },
    { heading: "TYPE", cell: (row) => facts(row)?.format ?? "", leaves: 3 },
    { heading: "PIXELS", cell: pixels, isFigure: true },
    { heading: "SIZE", cell: size, isFigure: true, leaves: 2 },
    ...(both
      ? [...figures("PUBLISHED", having("published", chosen)), ...figures("PROCESSOR", having("processor", (request) => request.processor ?? request.estimate))]
      : [{ heading: "TILES", cell: tiles, isFigure: true, leaves: 1 }, ...figures("TOKENS", chosen)]),
  ];
}

/** A model that has no such rule is counted by its own instead, which another column shows. */
const having =
  (rule: Estimate["rule"], by: (request: Request) => Estimate | undefined) =>
  (request: Request): Estimate | undefined => {
    const estimate = by(request);
    return estimate?.rule === rule ? estimate : undefined;
  };

/** A request under other models, where that was asked for. */
function comparison({ compared, files }: Request, { each }: Options, terminal: Terminal): string[] {
  if (compared === undefined) return [];
  const columns: Column<Comparison>[] = [
    { heading: "MODEL", cell: ({ model }) => visible(model.id) },
    { heading: "PROVIDER", cell: ({ model }) => visible(model.provider), leaves: 2 },
    { heading: "TOKENS", cell: ({ estimate }) => (isWhole(estimate) ? count(estimate.inputTokens) : "?"), isFigure: true },
    { heading: "COST × 1,000", cell: ({ estimate }) => (isWhole(estimate) ? dollars(times(estimate.cost.inputUsd, 1_000)) : "?"), isFigure: true },
    { heading: "SEES", cell: ({ estimate }) => sees(estimate), isFigure: true, leaves: 1 },
    { heading: "CERTAINTY", cell: ({ errors, estimate }) => (errors[0] ? `refused: ${errors[0].code}` : estimate.certainty) },
  ];
  const head = each && files[0] ? [visible(files[0].name)] : [];
  return [...head, ...table(columns, compared, terminal)];
}

/** What one request costs is often too little to compare in four decimals. */
const times = (usd: number | null, count: number): number | null => (usd === null ? null : usd * count);

const isWhole = ({ media, rule }: Estimate): boolean => media.every(({ tokens }) => tokens[rule] !== null);

/** The size at which the model sees the first file. */
function sees({ media }: Estimate): string {
  const seen = media[0]?.seen;
  return seen ? `${seen.width}×${seen.height}` : "?";
}

/** Tokens and dollars by one rule. */
function figures(heading: string, by: (request: Request) => Estimate | undefined): Column<Row>[] {
  const tokens = ({ request, file }: Row) => {
    const estimate = by(request);
    if (file === undefined) return estimate?.inputTokens;
    return estimate?.media[file]?.tokens[estimate.rule];
  };
  const usd = ({ request, file }: Row) => (file === undefined ? by(request)?.cost.inputUsd : by(request)?.media[file]?.usd);
  return [
    { heading, cell: (row) => count(tokens(row)), isFigure: true },
    { heading: "COST", cell: (row) => dollars(usd(row)), isFigure: true },
  ];
}

const facts = ({ request, file }: Row) => (file === undefined ? undefined : request.files[file]?.facts);

function pixels(row: Row): string {
  const found = facts(row);
  return found ? `${found.width}×${found.height}` : "";
}

function size(row: Row): string {
  const found = facts(row);
  const length = found ? found.bytes : row.request.estimate.bodyBytes;
  return length === null ? "?" : bytes(length);
}

function tiles({ request, file }: Row): string {
  if (file === undefined) return "";
  const { grid, frames } = request.estimate.media[file] ?? { grid: null, frames: 0 };
  return grid ? `${grid.columns}×${grid.rows}${frames > 1 ? ` ×${frames}` : ""}` : "?";
}

function sentence({ media, message, fix }: Violation, { files }: Request, { each }: Options): string {
  const where = (media === null ? (each ? files[0]?.name : undefined) : files[media]?.name) ?? "request";
  return `${where}: ${message}${fix === null ? "" : ` ${fix}`}`;
}

export const count = (number: number | null | undefined): string => number?.toLocaleString("en-GB") ?? "?";

/** As the provider's own table writes it, and small amounts so that they can be told apart: `Display` of `Usd` in Rust. */
export function dollars(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return "?";
  if (usd > 0 && usd < 0.000001) return "<$0.000001";
  if (usd === 0 || usd >= 0.001) return `$${usd.toFixed(4)}`;
  return `$${usd.toPrecision(2).replace(/0+$/, "").padEnd("0.0000".length, "0")}`;
}

/** Decimal units, as the provider's limits are read. */
export function bytes(number: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let [size, unit] = [number, 0];
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(unit === 1 ? 1 : 2)} ${units[unit]}`;
}

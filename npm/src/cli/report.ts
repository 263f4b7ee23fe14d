/** An outcome as a person reads it. */
import { styleText } from "node:util";
import type { Violation } from "../tilewise.js";
import type { Outcome, Request } from "./judge.js";
import type { Options } from "./options.js";

interface Terminal {
  isTTY?: boolean;
  columns?: number;
}

type Row = string[];

const HEADINGS = ["FILE", "TYPE", "PIXELS", "SIZE", "TILES", "TOKENS", "COST"];
/** Columns of figures stand to the right. */
const FIRST_FIGURE = 2;
/** Left out in turn where a line is too narrow. */
const DISPENSABLE = ["TILES", "SIZE", "TYPE"];
const SHORTEST_NAME = 12;
const DEFAULT_WIDTH = 80;

export function report({ model, requests, failures }: Outcome, { each, estimate }: Options, terminal: Terminal): string {
  const width = terminal.columns ?? DEFAULT_WIDTH;
  const paint = painter(terminal);
  const rows = requests.flatMap(fileRows);
  const lines = [`${model}, rule "${estimate.rule ?? "published"}"`];
  if (rows.length > 0) lines.push("", ...table(rows, each ? [] : requests.map(totalRow), width).map((line, index) => (index === 0 ? paint("bold", line) : line)));
  const remarks = [
    ...failures.map(({ name, message }) => `${paint("red", "error")}    ${name}: ${message}`),
    ...requests.flatMap((request) => request.estimate.violations.map((violation) => remark(violation, request, each, paint))),
  ];
  if (remarks.length > 0) lines.push("", ...remarks);
  const notes = new Set(requests.flatMap((request) => request.estimate.notes));
  if (notes.size > 0) lines.push("", ...[...notes].map((note) => `note     ${note}`));
  return lines.join("\n");
}

function fileRows({ files, estimate }: Request): Row[] {
  return files.map(({ name, facts }, index) => {
    const { tokens, grid, frames, usd } = estimate.media[index] ?? { tokens: undefined, grid: null, frames: 0, usd: null };
    const tiles = grid ? `${grid.columns}×${grid.rows}${frames > 1 ? ` ×${frames}` : ""}` : "?";
    const size = facts.bytes === null ? "?" : bytes(facts.bytes);
    return [name, facts.format, `${facts.width}×${facts.height}`, size, tiles, count(tokens?.[estimate.rule]), dollars(usd)];
  });
}

/** Text and markers are part of the request, and of no file. */
function totalRow({ estimate }: Request): Row {
  return ["request", "", "", bytes(estimate.bodyBytes), "", count(estimate.inputTokens), dollars(estimate.cost.inputUsd)];
}

function table(rows: Row[], totals: Row[], width: number): string[] {
  const all = [HEADINGS, ...rows, ...totals];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const shown = new Set(HEADINGS.keys());
  const others = () => [...shown].slice(1).reduce((sum, column) => sum + (widths[column] ?? 0) + 2, 0);
  for (const heading of DISPENSABLE) {
    if (others() + SHORTEST_NAME > width) shown.delete(HEADINGS.indexOf(heading));
  }
  const room = Math.max(SHORTEST_NAME, width - others());
  widths[0] = Math.min(widths[0] ?? 0, room);
  return all.map((row) =>
    [...shown]
      .map((column) => {
        const cell = column === 0 ? shortened(row[0] ?? "", room) : (row[column] ?? "");
        return column < FIRST_FIGURE ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A path says most at its end. */
const shortened = (name: string, room: number) => (name.length > room ? `…${name.slice(1 - room)}` : name);

function remark({ severity, media, message, fix }: Violation, { files }: Request, each: boolean, paint: Paint): string {
  const where = (media === null ? (each ? files[0]?.name : undefined) : files[media]?.name) ?? "request";
  const head = severity === "error" ? paint("red", "error") : paint("yellow", "warning");
  return `${head}${" ".repeat(9 - severity.length)}${where}: ${message}${fix === null ? "" : ` ${fix}`}`;
}

type Paint = (style: "bold" | "red" | "yellow", text: string) => string;

function painter({ isTTY }: Terminal): Paint {
  // https://no-color.org: any value but an empty one.
  const isPlain = !isTTY || Boolean(process.env["NO_COLOR"]);
  return isPlain ? (_, text) => text : (style, text) => styleText(style, text);
}

const count = (number: number | null | undefined): string => number?.toLocaleString("en-GB") ?? "?";

/** As the provider's own table writes it. */
function dollars(usd: number | null): string {
  if (usd === null) return "?";
  return usd > 0 && usd < 0.00005 ? "<$0.0001" : `$${usd.toFixed(4)}`;
}

/** Decimal units, as the provider's limits are read. */
function bytes(number: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let [size, unit] = [number, 0];
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(unit === 1 ? 1 : 2)} ${units[unit]}`;
}

import { isOnce } from "./options.js";

/** Figures of a tiny input say nothing. */
export const print = (text) => {
  if (!isOnce) console.log(text);
};

export const title = (what) => print(`\n${what}\n`);

/** Prints a table in Markdown, its columns aligned: names to the left, figures to the right. */
export function printTable(header, rows) {
  const lines = [header, ...rows].map((line) => line.map(String));
  const widths = header.map((_, column) => Math.max(4, ...lines.map((line) => line[column].length)));
  const printLine = (cells) => print(`| ${cells.join(" | ")} |`);
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  const [top, ...rest] = lines;
  printLine(top.map(pad));
  printLine(widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  for (const line of rest) printLine(line.map(pad));
}

export const whole = (value) => Math.round(value).toLocaleString("en-GB");

/** Names the column of a contestant: tilewise's has the unit, and the others' are multiples of it. */
export const columns = (unit, others) => [`tilewise, ${unit}`, ...others.map((name) => `${name}, × tilewise's time`)];

/** Three digits, or all that stand before the point. */
export const short = (value) => (value >= 100 ? whole(value) : value.toPrecision(3));

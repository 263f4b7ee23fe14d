/** Prints a table in Markdown, its columns aligned: names to the left, figures to the right. */
export function printTable(header, rows) {
  const lines = [header, ...rows].map((line) => line.map(String));
  const widths = header.map((_, column) => Math.max(4, ...lines.map((line) => line[column].length)));
  const print = (cells) => console.log(`| ${cells.join(" | ")} |`);
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  const [top, ...rest] = lines;
  print(top.map(pad));
  print(widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  for (const line of rest) print(line.map(pad));
}

export const whole = (value) => Math.round(value).toLocaleString("en-GB");

/** Three digits, or all that stand before the point. */
export const short = (value) => (value >= 100 ? whole(value) : value.toPrecision(3));

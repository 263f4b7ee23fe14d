/** Rows under headings, in as many cells as a line has. */
import { cells, padEnd, padStart, shortened, type Terminal } from "./terminal.js";

export interface Column<Row> {
  heading: string;
  cell: (row: Row) => string;
  /** Figures stand to the right. */
  isFigure?: boolean;
  /** Of those that have one, the lowest is left out first where a line is too narrow. */
  leaves?: number;
}

const GAP = "  ";
/** Of the first column, which gives way before any other is left out. */
const NARROWEST = 12;

export function table<Row>(columns: Column<Row>[], rows: Row[], { width, paint }: Terminal): string[] {
  const filled = columns.map((column) => {
    const texts = [column.heading, ...rows.map(column.cell)];
    return { ...column, texts, width: Math.max(...texts.map((text) => cells(text))) };
  });
  const shown = new Set(filled);
  const others = () => [...shown].slice(1).reduce((sum, column) => sum + GAP.length + column.width, 0);
  const byLeave = filled.filter(({ leaves }) => leaves !== undefined).sort((one, other) => (one.leaves ?? 0) - (other.leaves ?? 0));
  for (const column of byLeave) {
    if (others() + NARROWEST > width) shown.delete(column);
  }
  const [first, ...rest] = shown;
  if (first === undefined) return [];
  const room = Math.min(first.width, Math.max(NARROWEST, width - others()));
  return first.texts.map((text, index) => {
    const figures = rest.map((column) => (column.isFigure ? padStart : padEnd)(column.texts[index] ?? "", column.width));
    const line = [padEnd(shortened(text, room), room), ...figures].join(GAP).trimEnd();
    return index === 0 ? paint("bold", line) : line;
  });
}

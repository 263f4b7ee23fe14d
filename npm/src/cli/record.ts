/** Entries as lines of text, and back: what a run wrote, a later one goes on behind. */
import type { Violation } from "../tilewise.js";
import type { Compared, Entry } from "./entry.js";
import { visible, visibleJson } from "./terminal.js";

/** A form in which each entry is one line. */
export interface Form {
  /** What stands before all lines; "" for nothing. */
  header: string;
  write(entry: Entry): string;
  /** Gives undefined for what is no such line. */
  read(line: string): Recorded | undefined;
}

/** Of an entry, what its line tells again. */
export interface Recorded {
  name: string;
  nameBase64?: string;
  model: string;
  format?: string;
  pixels?: number;
  bytes?: number | null;
  inputTokens?: number;
  usd?: number | null;
  maxOutputUsd?: number | null;
  violations: Pick<Violation, "code" | "severity">[];
  compared?: Record<string, Compared>;
  error?: string;
  unlisted: boolean;
}

export function recorded(entry: Entry): Recorded {
  const { facts, error, violations = [], unlisted = false, ...rest } = entry;
  const ofFile = facts && { format: facts.format, pixels: facts.width * facts.height, bytes: facts.bytes };
  return { ...rest, ...ofFile, violations, ...(error ? { error: error.code } : {}), unlisted };
}

export const NDJSON: Form = {
  header: "",
  write: (entry) => visibleJson(JSON.stringify(entry)),
  read(line) {
    try {
      const entry = JSON.parse(line) as Entry | null;
      return typeof entry?.name === "string" && typeof entry.model === "string" ? recorded(entry) : undefined;
    } catch {
      return undefined;
    }
  },
};

const COLUMNS = [
  "name", "name_base64", "model", "format", "width", "height", "bytes", "duration_ms", "frames",
  "tokens", "input_tokens", "usd", "max_output_usd", "errors", "warnings", "failure", "message",
] as const;

/** @param models "provider/id", three columns each. */
export function csv(models: string[]): Form {
  const columns = [...COLUMNS, ...models.flatMap((model) => [`${model} tokens`, `${model} usd`, `${model} refused`])];
  return {
    header: columns.map(quoted).join(","),
    write: (entry) => cells(entry, models).map(quoted).join(","),
    read(line) {
      const row = unquoted(line);
      return row?.length === columns.length ? fromCells(row, models) : undefined;
    },
  };
}

type Cell = string | number | null | undefined;

function cells(entry: Entry, models: string[]): Cell[] {
  const { name, model, facts, tokens, inputTokens, usd, maxOutputUsd, violations = [], compared = {}, error, unlisted } = entry;
  const shown = visible(name);
  // A line is a line: what would end it is escaped, and the exact name stands beside.
  const exact = entry.nameBase64 ?? (shown === name ? null : Buffer.from(name).toString("base64"));
  const video = facts?.kind === "video" ? facts : undefined;
  const codes = (severity: string) => violations.filter((one) => one.severity === severity).map(({ code }) => code).join(" ");
  const message = error?.message ?? violations.map((one) => one.message).join(" ");
  return [
    shown, exact, model, facts?.format, facts?.width, facts?.height, facts?.bytes, video?.durationMs, video?.frameCount,
    tokens, inputTokens, usd, maxOutputUsd, codes("error"), codes("warning"), error && `${unlisted ? "unlisted " : ""}${error.code}`, visible(message),
    ...models.flatMap((id) => [compared[id]?.tokens, compared[id]?.usd, compared[id]?.refused]),
  ];
}

function fromCells(row: string[], models: string[]): Recorded {
  const cell = Object.fromEntries(COLUMNS.map((column, index) => [column, row[index] ?? ""])) as Record<(typeof COLUMNS)[number], string>;
  const number = (text: string): number | null => (text === "" ? null : Number(text));
  const listed = (text: string, severity: Violation["severity"]) =>
    text.split(" ").filter(Boolean).map((code) => ({ code: code as Violation["code"], severity }));
  const compared = models.map((id, index): [string, Compared] => {
    const [tokens = "", usd = "", refused = ""] = row.slice(COLUMNS.length + 3 * index);
    return [id, { tokens: number(tokens), usd: number(usd), refused: refused || null }];
  });
  return {
    name: cell.name,
    ...(cell.name_base64 === "" ? {} : { nameBase64: cell.name_base64 }),
    model: cell.model,
    violations: [...listed(cell.errors, "error"), ...listed(cell.warnings, "warning")],
    unlisted: cell.failure.startsWith("unlisted "),
    ...(cell.failure === ""
      ? {
          format: cell.format,
          pixels: Number(cell.width) * Number(cell.height),
          bytes: number(cell.bytes),
          inputTokens: Number(cell.input_tokens),
          usd: number(cell.usd),
          maxOutputUsd: number(cell.max_output_usd),
          compared: Object.fromEntries(compared),
        }
      : { error: cell.failure.replace("unlisted ", "") }),
  };
}

/** By RFC 4180. */
function quoted(cell: Cell): string {
  const text = `${cell ?? ""}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function unquoted(line: string): string[] | undefined {
  const found: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = pattern.exec(line);
    if (match === null) return undefined;
    found.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") return pattern.lastIndex === line.length ? found : undefined;
  }
}

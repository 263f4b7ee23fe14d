/** What a terminal makes of text: what it obeys instead of showing it, the cells that it takes, its colours. */
import styles from "ansi-styles";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

export interface Terminal {
  /** Cells in a line; without end where no terminal shows it, as in a pipe. */
  width: number;
  paint: (style: Style, text: string) => string;
}

type Style = "bold" | "red" | "yellow";

/** What a terminal that does not tell its width has. */
const DEFAULT_WIDTH = 80;
/** Below it a line holds hardly a word. */
const NARROWEST = 20;

export function terminal({ isTTY, columns }: { isTTY?: boolean; columns?: number }): Terminal {
  // https://no-color.org: any value but an empty one.
  const isPlain = !isTTY || Boolean(process.env["NO_COLOR"]);
  return {
    width: isTTY ? columns || DEFAULT_WIDTH : Number.POSITIVE_INFINITY,
    paint: isPlain ? (_, text) => text : (style, text) => `${styles[style].open}${text}${styles[style].close}`,
  };
}

/** Controls, ends of lines and, by Unicode's annex 9, what changes the order in which others are shown. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
/** Those of them that JSON may hold as they are (RFC 8259, section 7). */
const OBEYED_IN_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A name, or a message that holds one, could otherwise clear the screen or forge a line. A backslash stays as
 *  it is, as Windows' paths are full of them: who must tell them apart reads the JSON. */
export const visible = (text: string): string => text.replace(OBEYED, escaped);

/** The same document, in which no character is left that a terminal obeys, but for the ends of lines. */
export const visibleJson = (json: string): string => json.replace(OBEYED_IN_JSON, escaped);

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

export const cells = stringWidth;

export const padEnd = (text: string, width: number): string => text + spaces(width - cells(text));
export const padStart = (text: string, width: number): string => spaces(width - cells(text)) + text;

const spaces = (count: number) => " ".repeat(Math.max(0, count));

/** Without its beginning, as a path says most at its end, and never within a character. */
export function shortened(text: string, width: number): string {
  if (cells(text) <= width) return text;
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  let [rest, room] = ["", width - 1];
  for (const character of characters.reverse()) {
    room -= cells(character);
    if (room < 0) break;
    rest = character + rest;
  }
  return `…${rest}`;
}

/** A paragraph after its head, in whose width the further lines are indented. */
export function hanging(head: string, text: string, { width }: Terminal): string {
  const indent = cells(head);
  const room = Math.max(NARROWEST, width - indent);
  const lines = Number.isFinite(room) ? wrapAnsi(text, room) : text;
  return head + lines.replaceAll("\n", `\n${spaces(indent)}`);
}

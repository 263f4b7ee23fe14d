/** Names and lines out of streams, of which only a piece is in memory. */
import { isUtf8 } from "node:buffer";
import { type Path, toPath } from "./item.js";
import { WrongUse } from "./wrong-use.js";

const NEWLINE = 10;
/** Longer than any system's paths and any server's addresses: what has no end before it is no list. */
const MAX_NAME_BYTES = 1 << 20;

/** Names that end in newlines, with or without a carriage return before, or in NULs; empty ones are left out. */
export async function* namesOn(input: AsyncIterable<Uint8Array>, isNull: boolean): AsyncGenerator<Path[]> {
  for await (const whole of pieces(input, isNull ? 0 : NEWLINE, true)) {
    const names = split(whole, isNull);
    if (names.length > 0) yield names;
  }
}

/** Lines that end in a newline; what stands behind the last one is no line. */
export async function* wholeLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  for await (const whole of pieces(input, NEWLINE, false)) yield whole.toString("utf8").split("\n");
}

/** Cuts a stream at separators, each piece without its last one. */
async function* pieces(input: AsyncIterable<Uint8Array>, separator: number, withRest: boolean): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.lastIndexOf(separator);
    if (end >= 0) {
      yield Buffer.concat([...rest, bytes.subarray(0, end)]);
      [rest, length] = [[], 0];
    }
    // A copy: a slice would keep the whole chunk.
    const behind = Buffer.from(bytes.subarray(end + 1));
    rest.push(behind);
    length += behind.length;
    if (length > MAX_NAME_BYTES) throw new WrongUse("the list holds a name of more than 1 MiB: is it a list of names?");
  }
  if (withRest && length > 0) yield Buffer.concat(rest);
}

function split(whole: Buffer, isNull: boolean): Path[] {
  if (isUtf8(whole)) return whole.toString("utf8").split(isNull ? "\0" : /\r?\n/).filter(Boolean).map(withoutReturn(isNull));
  const names: Path[] = [];
  let start = 0;
  while (start <= whole.length) {
    const at = whole.indexOf(isNull ? 0 : NEWLINE, start);
    const end = at < 0 ? whole.length : at;
    const isReturn = !isNull && whole[end - 1] === 13 && end > start;
    const name = whole.subarray(start, isReturn ? end - 1 : end);
    if (name.length > 0) names.push(toPath(name));
    start = end + 1;
  }
  return names;
}

/** Of the last name, behind which no newline stands. */
const withoutReturn = (isNull: boolean) => (name: string) => (!isNull && name.endsWith("\r") ? name.slice(0, -1) : name);

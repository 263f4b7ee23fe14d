/** Goes on behind the last whole line that an earlier run wrote. */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Item, nameOf } from "./item.js";
import { wholeLines } from "./lines.js";
import type { Form, Recorded } from "./record.js";
import { visible } from "./terminal.js";
import { WrongUse } from "./wrong-use.js";

export interface Earlier {
  path: string;
  file: FileHandle;
  /** Up to the end of the last whole line. */
  bytes: number;
  /** It has none yet, not even a header. */
  isEmpty: boolean;
}

export async function openEarlier(path: string): Promise<Earlier> {
  const file = await open(path, "a+");
  const bytes = await endOfLines(file);
  return { path, file, bytes, isEmpty: bytes === 0 };
}

/** Those of the items that have no line yet. */
export async function* behind(earlier: Earlier, items: AsyncIterable<Item[]>, form: Form, model: string, onLine: (line: Recorded) => void): AsyncGenerator<Item[]> {
  const lines = linesOf(earlier, form, model);
  let line = await next(lines);
  for await (const batch of items) {
    let at = 0;
    while (at < batch.length && line !== undefined) {
      const item = batch[at] as Item;
      const isSame = isOf(line, item);
      // A place that could not be listed then may be listed now.
      if (!isSame && !line.unlisted) {
        if (item.kind === "unlisted") break;
        throw other(earlier, `its next line is of ${visible(line.name)}, and the next file is ${visible(nameOf(item).name)}`);
      }
      if (isSame) at += 1;
      onLine(line);
      line = await next(lines);
    }
    if (line !== undefined) {
      if (at < batch.length) throw other(earlier, `${visible(nameOf(batch[at] as Item).name)} cannot be listed any more`);
      continue;
    }
    if (at < batch.length) {
      await cut(earlier);
      yield batch.slice(at);
      // All that follows is new.
      for await (const rest of items) yield rest;
      return;
    }
  }
  for (; line !== undefined; line = await next(lines)) {
    if (!line.unlisted) throw other(earlier, `it has a line of ${visible(line.name)}, which is not among the files`);
    onLine(line);
  }
  await cut(earlier);
}

const other = ({ path }: Earlier, why: string): WrongUse => new WrongUse(`${visible(path)} was not written from these files with these options: ${why}`);

/** A part of a line that a killed run left. */
const cut = ({ file, bytes }: Earlier): Promise<void> => file.truncate(bytes);

function isOf(line: Recorded, item: Item): boolean {
  if (line.unlisted !== (item.kind === "unlisted")) return false;
  const { name, nameBase64 } = nameOf(item);
  if (line.nameBase64 === undefined) return name === line.name && nameBase64 === null;
  return line.nameBase64 === (nameBase64 ?? Buffer.from(name).toString("base64"));
}

async function* linesOf(earlier: Earlier, form: Form, model: string): AsyncGenerator<Recorded> {
  let isFirst = true;
  if (earlier.bytes === 0) return;
  const stream = createReadStream(earlier.path, { end: earlier.bytes - 1, highWaterMark: 1 << 20 });
  for await (const lines of wholeLines(stream)) {
    for (const text of lines) {
      if (isFirst && form.header !== "") {
        if (text !== form.header) throw other(earlier, "its first line is another");
        isFirst = false;
        continue;
      }
      isFirst = false;
      const line = form.read(text);
      if (line === undefined) throw other(earlier, "it has a line of another form");
      if (line.model !== model) throw other(earlier, `its lines are of ${visible(line.model)}, not of ${visible(model)}`);
      yield line;
    }
  }
}

async function next<T>(values: AsyncGenerator<T>): Promise<T | undefined> {
  const { value, done } = await values.next();
  return done ? undefined : (value as T);
}

async function endOfLines(file: FileHandle): Promise<number> {
  const PIECE = 1 << 16;
  const { size } = await file.stat();
  const bytes = Buffer.alloc(PIECE);
  for (let end = size; end > 0; end -= PIECE) {
    const start = Math.max(0, end - PIECE);
    const { bytesRead } = await file.read(bytes, 0, end - start, start);
    const at = bytes.subarray(0, bytesRead).lastIndexOf(10);
    if (at >= 0) return start + at + 1;
  }
  return 0;
}

/** Everything that is named, in an order that is the same next time, a handful at a time. */
import { fstatSync } from "node:fs";
import { stat } from "node:fs/promises";
import { isDynamicPattern } from "tinyglobby";
import { isData, isHttp, isS3, type Item, itemOf, nameOf, placeOf } from "./item.js";
import { namesOn } from "./lines.js";
import { Buckets, type S3Options } from "./s3.js";
import { patternOf, walk } from "./walk.js";

export interface Named {
  names: string[];
  fromInput: boolean;
  isNull: boolean;
}

export async function* itemsOf({ names, fromInput, isNull }: Named, s3: S3Options, onRead?: (bytes: number) => void): AsyncGenerator<Item[]> {
  for (const name of names) yield* expanded(name, s3);
  if (!fromInput) return;
  for await (const listed of namesOn(counted(process.stdin, onRead), isNull)) yield listed.map(itemOf);
}

/** How many files the arguments name, by a walk of its own; undefined where only servers would tell. */
export async function countOf(names: string[]): Promise<number | undefined> {
  if (names.some((name) => isS3(name))) return undefined;
  let count = 0;
  for (const name of names) {
    for await (const items of expanded(name, undefined)) count += items.filter(({ kind }) => kind !== "unlisted").length;
  }
  return count;
}

/** Length of standard input, where it is a file. */
export function inputBytes(): number | undefined {
  const { size } = fstatSync(0);
  return size > 0 ? size : undefined;
}

/** A folder, a pattern, a bucket's prefix, or what is called so. */
async function* expanded(name: string, s3: S3Options | undefined): AsyncGenerator<Item[]> {
  if (isS3(name) && s3 !== undefined) {
    const buckets = await Buckets.connect(s3);
    const { bucket, key } = placeOf(name);
    yield* buckets.list(bucket, key);
    buckets.close();
    return;
  }
  if (isHttp(name) || isData(name)) return yield [itemOf(name)];
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return yield* walk(name === "." ? "" : name.replace(/(?<=.)\/+$/, ""));
  if (found !== undefined || !isDynamicPattern(name)) return yield [{ kind: "file", path: name }];
  let isEmpty = true;
  const { root, wanted } = patternOf(name);
  for await (const items of walk(root, wanted)) {
    // A pattern whose folder is not there matches nothing.
    const there = items.filter((item) => !(item.kind === "unlisted" && item.code === "ENOENT" && nameOf(item).name === (root || ".")));
    if (there.length === 0) continue;
    isEmpty = false;
    yield there;
  }
  // It is then a file that is not there.
  if (isEmpty) yield [{ kind: "file", path: name }];
}

async function* counted(input: AsyncIterable<Uint8Array>, onRead: ((bytes: number) => void) | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    onRead?.(chunk.length);
    yield chunk;
  }
}

/** The files that are meant: as they are called, listed on standard input, or by a pattern. */
import { stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { glob, isDynamicPattern } from "tinyglobby";
import type { Options } from "./options.js";
import { WrongUse } from "./wrong-use.js";

export const isUrl = (name: string): boolean => /^(https?|data):/i.test(name);

export async function namesFrom({ names, fromInput, isNull }: Options): Promise<string[]> {
  const listed = fromInput ? (await text(process.stdin)).split(isNull ? "\0" : /\r?\n/).filter(Boolean) : [];
  // What was listed is called so; only a shell's argument may be a pattern.
  const expanded = await Promise.all(names.map(expand));
  const all = [...expanded.flat(), ...listed];
  // An empty list from a pipe is an error: the program before it found nothing.
  if (all.length === 0) throw new WrongUse("the list on standard input is empty: there is nothing to judge");
  return all;
}

/** A pattern that nothing matches stays, and is then a file that is not there. */
async function expand(name: string): Promise<string[]> {
  if (isUrl(name) || !isDynamicPattern(name) || (await exists(name))) return [name];
  const found = await glob(name, { dot: false, expandDirectories: false });
  return found.length > 0 ? found.sort() : [name];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

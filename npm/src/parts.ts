/** The parts of the program that are loaded when they are first used. The binary calls the loaders by these names. */
import { initSync } from "./binding.js";
import { networkError, toTilewiseError, type TilewiseError } from "./error.js";
import { compiled } from "./sources.js";

type Part = "formats" | "network" | "counting";
type File = Part | "shared";

/** The binaries that a part needs: in each the build leaves what all parts call that load it (`xtask/src/npm.rs`). */
const FILES: Record<Part, File[]> = {
  formats: ["shared", "formats"],
  network: ["shared", "network"],
  counting: ["shared", "network", "counting"],
};

interface First extends WebAssembly.Exports {
  __indirect_function_table: WebAssembly.Table;
}

/** Called by the binary with a function of its own, and what that is to be given. */
type Load = (callback: number, data: number) => Promise<void>;

/** The instance that has these files, or is getting them: a second time, one would overwrite what it has in memory. */
let extended: { first: First; files: Map<File, Promise<void>> } | undefined;
/** Which file could not be loaded last time, and why. */
const failures = new Map<Part, { file: File; cause: unknown }>();

export const __wasm_split_load_formats: Load = (callback, data) => load("formats", callback, data);

export const __wasm_split_load_network: Load = (callback, data) => load("network", callback, data);

export const __wasm_split_load_counting: Load = (callback, data) => load("counting", callback, data);

/** The failure to load a part that a call ended with, if it did. */
export function failureOf(error: unknown): TilewiseError | undefined {
  const part = (error as { part?: Part } | null | undefined)?.part;
  if (part === undefined) return undefined;
  const { file, cause } = failures.get(part) ?? { file: part, cause: error };
  const failure = toTilewiseError(cause);
  // What an import and a fetch that failed both throw: they may well be the first since the device went offline.
  return failure.cause instanceof TypeError ? networkError(`${file}.wasm`, failure) : failure;
}

async function load(part: Part, callback: number, data: number): Promise<void> {
  const first = firstBinary();
  const added = FILES[part].map((file) =>
    add(file, first).then(
      () => true,
      (cause: unknown) => {
        failures.set(part, { file, cause });
        return false;
      },
    ),
  );
  const isLoaded = (await Promise.all(added)).every(Boolean);
  // Unless a fresh instance has taken its place meanwhile.
  if (first === firstBinary()) first.__indirect_function_table.get(callback)(data, isLoaded);
}

/** Puts a file into the instance, once. */
function add(file: File, first: First): Promise<void> {
  if (extended?.first !== first) extended = { first, files: new Map() };
  const { files } = extended;
  const known = files.get(file);
  if (known) return known;
  const adding = instantiate(file, first).catch((cause: unknown) => {
    files.delete(file);
    throw cause;
  });
  files.set(file, adding);
  return adding;
}

async function instantiate(file: File, first: First): Promise<void> {
  await WebAssembly.instantiate(await compiled(file), { __wasm_split: first });
}

/** The exports of the present instance. */
function firstBinary(): First {
  return (initSync as () => unknown)() as First;
}

/** The parts of the program that are loaded when they are first used. The binary calls the loaders by these names. */
import { initSync } from "./binding.js";
import { compile } from "./compile.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import type { WasmSource } from "./tilewise.js";

/** `shared` holds what the other two have in common, and is loaded with either. */
export type Part = "formats" | "network" | "shared";

type Source = WasmSource | Promise<WasmSource>;

interface First extends WebAssembly.Exports {
  __indirect_function_table: WebAssembly.Table;
}

/** Called by the binary with a function of its own, and what that is to be given. */
type Load = (callback: number, data: number) => Promise<void>;

const sources = new Map<Part, () => Source>();
const compiled = new Map<Part, Promise<WebAssembly.Module>>();
/** The instance for which it is there. */
let sharedWith: First | undefined;
/** Why a part could not be loaded last time. */
const failures = new Map<Part, unknown>();

export const __wasm_split_load_formats: Load = (callback, data) => load("formats", callback, data);

export const __wasm_split_load_network: Load = (callback, data) => load("network", callback, data);

export function setPartSource(part: Part, find: () => Source): void {
  sources.set(part, find);
}

/** The failure to load a part that a call ended with, if it did. */
export function failureOf(error: unknown): TilewiseError | undefined {
  const part = (error as { part?: Part } | null | undefined)?.part;
  if (part === undefined) return undefined;
  const cause = failures.get(part);
  // What an import and a fetch that failed both throw: they may well be the first since the device went offline.
  if (!(cause instanceof TypeError)) return toTilewiseError(cause);
  return new TilewiseError("network", `cannot load ${part}.wasm: ${cause.message}`, { cause });
}

async function load(part: Part, callback: number, data: number): Promise<void> {
  const first = firstBinary();
  let isLoaded = false;
  try {
    const [module, shared] = await Promise.all([compileOnce(part), compileOnce("shared")]);
    // A fresh instance has taken its place meanwhile.
    if (first !== firstBinary()) return;
    const imports = { __wasm_split: first };
    if (sharedWith !== first) await WebAssembly.instantiate(shared, imports);
    sharedWith = first;
    await WebAssembly.instantiate(module, imports);
    isLoaded = true;
  } catch (cause) {
    failures.set(part, cause);
  }
  if (first === firstBinary()) first.__indirect_function_table.get(callback)(data, isLoaded);
}

/** The exports of the present instance. */
function firstBinary(): First {
  return (initSync as () => unknown)() as First;
}

function compileOnce(part: Part): Promise<WebAssembly.Module> {
  const known = compiled.get(part);
  if (known) return known;
  const find = sources.get(part);
  const begun = find ? compile(find()) : Promise.reject(new Error(`no binary is known for ${part}`));
  compiled.set(part, begun);
  begun.catch(() => compiled.delete(part));
  return begun;
}

/** The parts of the program that are loaded when they are first used. The binary calls the loaders by these names. */
import { initSync } from "./binding.js";
import { networkError, toTilewiseError, type TilewiseError } from "./error.js";
import { compiled } from "./sources.js";

type Part = "formats" | "network";

interface First extends WebAssembly.Exports {
  __indirect_function_table: WebAssembly.Table;
}

/** Called by the binary with a function of its own, and what that is to be given. */
type Load = (callback: number, data: number) => Promise<void>;

/** The instance for which `shared` is there. */
let sharedWith: First | undefined;
/** Why a part could not be loaded last time. */
const failures = new Map<Part, unknown>();

export const __wasm_split_load_formats: Load = (callback, data) => load("formats", callback, data);

export const __wasm_split_load_network: Load = (callback, data) => load("network", callback, data);

/** The failure to load a part that a call ended with, if it did. */
export function failureOf(error: unknown): TilewiseError | undefined {
  const part = (error as { part?: Part } | null | undefined)?.part;
  if (part === undefined) return undefined;
  const failure = toTilewiseError(failures.get(part));
  // What an import and a fetch that failed both throw: they may well be the first since the device went offline.
  if (!(failure.cause instanceof TypeError)) return failure;
  return networkError(`${part}.wasm`, failure);
}

async function load(part: Part, callback: number, data: number): Promise<void> {
  const first = firstBinary();
  let isLoaded = false;
  try {
    const [module, shared] = await Promise.all([compiled(part), compiled("shared")]);
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

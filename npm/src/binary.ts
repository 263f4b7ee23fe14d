/** Loads the binaries, each once: beside the first, which estimates, the others when they are first needed. */
import instantiate, { __wbg_reset_state as reset } from "./binding.js";
import { panicked, TilewiseError, toTilewiseError } from "./error.js";
import { once } from "./once.js";
import type { ChatResult, WasmSource } from "./tilewise.js";

type Source = WasmSource | Promise<WasmSource>;

/** Of each binary where it lies: `formats` reads what no model takes as a picture, `network` talks to servers. */
type Sources = Record<"core" | "formats" | "network", () => Source>;

let sources: Sources;
let loaded = false;
/** What puts a fresh instance of each binary that is loaded in the place of the old. */
const resets: (() => void)[] = [];
/** Counts the instances: what one made is nothing to the next. */
let generation = 0;

export function setDefaultBinaries(find: Sources): void {
  sources = find;
}

export const init = once(async (source?: Source, others?: { formats?: Source; network?: Source } | null): Promise<void> => {
  await instantiate({ module_or_path: source ?? sources.core() });
  const { formats, network } = others ?? {};
  if (formats !== undefined) sources.formats = () => formats;
  if (network !== undefined) sources.network = () => network;
  resets.push(reset);
  loaded = true;
});

export const formats = later("formats", () => import("./formats-binding.js"));

export const network = later("network", () => import("./network.js"));

interface Binding {
  default(source: { module_or_path: Source }): Promise<unknown>;
  __wbg_reset_state(): void;
}

function later<B extends Binding>(name: keyof Sources, load: () => Promise<B>): () => Promise<B> {
  return once(async () => {
    try {
      const binding = await load();
      await binding.default({ module_or_path: sources[name]() });
      resets.push(binding.__wbg_reset_state);
      return binding;
    } catch (cause) {
      // What an import and a fetch that failed both throw: they may well be the first since the device went offline.
      if (!(cause instanceof TypeError)) throw cause;
      throw new TilewiseError("network", `cannot load ${name}.wasm: ${cause.message}`, { cause });
    }
  });
}

/**
 * What was caught of a call, as a `TilewiseError`. A binary that panicked may hold anything, so another takes
 * its place, and the next call finds the package as new.
 */
export function failure(cause: unknown, partial?: ChatResult): TilewiseError {
  if (cause instanceof WebAssembly.RuntimeError && loaded) {
    generation += 1;
    for (const reset of resets) reset();
    return panicked(cause, partial);
  }
  return toTilewiseError(cause, partial);
}

/** Frees what the present instance makes, as long as there is no other. */
export function liberator(): (made: { free(): void }) => void {
  const born = generation;
  return (made) => {
    if (born === generation) made.free();
  };
}

/** For functions that cannot wait. */
export function requireLoaded(): void {
  if (!loaded) {
    throw new TilewiseError("not_initialized", "call `await init()` first");
  }
}

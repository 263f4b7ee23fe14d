/** Loads the program, once, and puts a fresh instance in the place of one that panicked. */
import instantiate, { __wbg_reset_state as renew } from "./binding.js";
import { listen, rejectAll } from "./calls.js";
import { panicked, toTilewiseError, TilewiseError } from "./error.js";
import { once } from "./once.js";
import { failureOf, setPartSource } from "./parts.js";
import type { OtherSources, WasmSource } from "./tilewise.js";

type Source = WasmSource | Promise<WasmSource>;

/** Where the first binary lies, and the parts that are loaded later. */
interface Sources {
  core(): Source;
  formats(): Source;
  network(): Source;
  shared(): Source;
}

let core: () => Source;
let isLoaded = false;

export function setDefaultSources(sources: Sources): void {
  core = sources.core;
  setPartSource("formats", sources.formats);
  setPartSource("network", sources.network);
  setPartSource("shared", sources.shared);
}

export const init = once(async (source?: Source, others?: OtherSources | null): Promise<void> => {
  await instantiate({ module_or_path: source ?? core() });
  const { formats, network, shared } = others ?? {};
  if (formats !== undefined) setPartSource("formats", () => formats);
  if (network !== undefined) setPartSource("network", () => network);
  if (shared !== undefined) setPartSource("shared", () => shared);
  listen(failure);
  isLoaded = true;
});

/**
 * What was caught of a call, as a `TilewiseError`. A program that panicked may hold anything, so a fresh instance takes
 * its place, and the next call finds the package as new. Calls that were under way are lost with it.
 */
export function failure(cause: unknown): TilewiseError {
  if (cause instanceof WebAssembly.RuntimeError && isLoaded) {
    const error = panicked(cause);
    renew();
    listen(failure);
    rejectAll(error);
    return error;
  }
  return failureOf(cause) ?? toTilewiseError(cause);
}

/** For functions that cannot wait. */
export function requireLoaded(): void {
  if (!isLoaded) {
    throw new TilewiseError("not_initialized", "call `await init()` first");
  }
}

/** Loads the program, once, and puts a fresh instance in the place of one that panicked. */
import instantiate, { __wbg_reset_state as renew, initSync } from "./binding.js";
import { listen, rejectAll } from "./calls.js";
import { panicked, toTilewiseError, TilewiseError } from "./error.js";
import { failureOf } from "./parts.js";
import { compiled, once, setSources, type Source } from "./sources.js";
import type { OtherSources } from "./tilewise.js";

let isLoaded = false;

/** Counts the instances: what one made is nothing to the next. */
export let generation = 0;

export const init = once(async (source?: Source, others?: OtherSources | null): Promise<void> => {
  const module = await compiled("core", source);
  // The generated script asks whether it got a `Request` or a `Response`: in Node that loads all that its fetch is made of.
  // In a page an instance may have to be made in the background.
  if (typeof document === "undefined") initSync({ module });
  else await instantiate({ module_or_path: module });
  for (const part of ["formats", "network", "counting", "shared", "text"] as const) {
    const other = others?.[part];
    if (other !== undefined) setSources({ [part]: () => other });
  }
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
    generation += 1;
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

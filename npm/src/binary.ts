/** Loads the binaries, each once: that for videos when the first one is met. */
import instantiate, { __wbg_reset_state as reset } from "./binding.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import type { Probes } from "./inspect.js";
import { once } from "./once.js";
import type { ChatResult, WasmSource } from "./tilewise.js";

type Source = WasmSource | Promise<WasmSource>;

let sources: { core: () => Source; video: () => Source };
let loaded = false;
let resetVideo: (() => void) | undefined;
/** Counts the instances: what one made is nothing to the next. */
let generation = 0;

export function setDefaultBinaries(find: typeof sources): void {
  sources = find;
}

export const init = once(async (source?: Source): Promise<void> => {
  await instantiate({ module_or_path: source ?? sources.core() });
  loaded = true;
});

/** The binary for videos. */
export const video = once(async (): Promise<Probes> => {
  const binding = await import("./video-binding.js");
  await binding.default({ module_or_path: sources.video() });
  resetVideo = binding.__wbg_reset_state;
  return binding as unknown as Probes;
});

/**
 * What was caught of a call, as a `TilewiseError`. A binary that panicked may hold anything, so another takes
 * its place, and the next call finds the package as new.
 */
export function failure(cause: unknown, partial?: ChatResult): TilewiseError {
  if (cause instanceof WebAssembly.RuntimeError && loaded) {
    generation += 1;
    reset();
    resetVideo?.();
    const message = `the binary failed (${cause.message}), which is a fault of tilewise: please report what it was given, with the stack of this error's cause`;
    return new TilewiseError("internal", message, { cause, partial });
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

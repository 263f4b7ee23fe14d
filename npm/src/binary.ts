/** Loads the binaries, each once: that for videos when the first one is met. */
import instantiate from "./binding.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import type { Probes } from "./inspect.js";
import type { WasmSource } from "./tilewise.js";

type Source = WasmSource | Promise<WasmSource>;

let sources: { core: () => Source; video: () => Source };
let loading: Promise<void> | undefined;
let loaded = false;
let loadingVideo: Promise<Probes> | undefined;

export function setDefaultBinaries(find: typeof sources): void {
  sources = find;
}

export function init(source?: Source): Promise<void> {
  loading ??= load(source).catch((cause: unknown) => {
    // A failed attempt must not stand in the way of the next one.
    loading = undefined;
    throw toTilewiseError(cause);
  });
  return loading;
}

async function load(source?: Source): Promise<void> {
  await instantiate({ module_or_path: source ?? sources.core() });
  loaded = true;
}

/** The binary for videos. */
export function video(): Promise<Probes> {
  loadingVideo ??= loadVideo().catch((cause: unknown) => {
    loadingVideo = undefined;
    throw toTilewiseError(cause);
  });
  return loadingVideo;
}

async function loadVideo(): Promise<Probes> {
  const binding = await import("./video-binding.js");
  await binding.default({ module_or_path: sources.video() });
  return binding as unknown as Probes;
}

/** For functions that cannot wait. */
export function requireLoaded(): void {
  if (!loaded) {
    throw new TilewiseError("not_initialized", "call `await init()` first");
  }
}

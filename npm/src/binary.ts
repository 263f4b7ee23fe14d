/** Loads the binary, once. */
import instantiate from "./binding.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import type { WasmSource } from "./tilewise.js";

type Source = WasmSource | Promise<WasmSource>;

let findDefault: () => Source;
let loading: Promise<void> | undefined;
let loaded = false;

export function setDefaultBinary(find: () => Source): void {
  findDefault = find;
}

export function init(source?: Source): Promise<void> {
  loading ??= load(source).catch((cause: unknown) => {
    // A failed attempt must not stand in the way of the next one.
    loading = undefined;
    throw cause;
  });
  return loading;
}

async function load(source?: Source): Promise<void> {
  try {
    await instantiate({ module_or_path: source ?? findDefault() });
    loaded = true;
  } catch (cause) {
    throw toTilewiseError(cause);
  }
}

/** For functions that cannot wait. */
export function requireLoaded(): void {
  if (!loaded) {
    throw new TilewiseError("not_initialized", "call `await init()` first");
  }
}

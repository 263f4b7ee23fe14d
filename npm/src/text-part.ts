/** The tokenizer: a program of its own, with a script of its own. */
import { networkError, toTilewiseError } from "./error.js";
import type * as Engine from "./text-engine.js";
import type { PreloadOptions } from "./tilewise.js";

/** Once it is loaded. */
export let engine: typeof Engine | undefined;

export async function loadText(options?: PreloadOptions | null): Promise<typeof Engine> {
  if (engine) return engine;
  const loaded = await import("./text-engine.js").catch((cause: unknown) => {
    throw networkError("text-engine.js", toTilewiseError(cause));
  });
  await loaded.load(options ?? {});
  engine = loaded;
  return loaded;
}

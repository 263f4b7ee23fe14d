/** The tokenizer, once it is loaded: a program of its own, with a script of its own. */
import { networkError, toTilewiseError } from "./error.js";
import type * as Engine from "./text-engine.js";
import type { Draft, EstimateOptions, PreloadOptions } from "./tilewise.js";

let engine: typeof Engine | undefined;

export async function loadText(options?: PreloadOptions | null): Promise<typeof Engine> {
  if (engine) return engine;
  const loaded = await import("./text-engine.js").catch((cause: unknown) => {
    throw networkError("text-engine.js", toTilewiseError(cause));
  });
  await loaded.load(options ?? {});
  engine = loaded;
  return loaded;
}

export const hasText = (): boolean => engine !== undefined;

/** The text of a body that another client wrote, in the same way. */
export const countedBody = (body: string, model: string): unknown => engine?.countedBody(body, model);

/** The text of a draft where it is counted exactly, as the binary takes it. */
export function countedText(draft: Draft, options: EstimateOptions | undefined, all: boolean): unknown {
  return engine?.countedText(draft, options, all);
}

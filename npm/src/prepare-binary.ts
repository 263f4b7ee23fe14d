/** Compiles the binary of the codecs, once: a compiled one can be handed to workers. */

import { compile } from "./compile.js";
import { once } from "./once.js";
import type { WasmSource } from "./tilewise.js";

type Source = WasmSource | Promise<WasmSource>;

let findDefault: () => Source;

export function setDefaultBinary(find: () => Source): void {
  findDefault = find;
}

export async function init(source?: Source): Promise<void> {
  await compiled(source);
}

export const compiled = once((source?: Source) => compile(source ?? findDefault()));

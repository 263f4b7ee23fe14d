/** Where the binaries lie, and each of them compiled, once. */
import { TilewiseError, toTilewiseError } from "./error.js";
import type { WasmSource } from "./tilewise.js";

export type Source = WasmSource | Promise<WasmSource>;

/** `formats`, `network` and `counting` are parts of `core` that are loaded later, with `shared`, which holds what they have in
 *  common; `prepare` and `text` are programs of their own. */
export type Binary = "core" | "formats" | "network" | "counting" | "shared" | "prepare" | "text";

const finders = new Map<Binary, () => Source>();
const compilers = new Map<Binary, (source?: Source) => Promise<WebAssembly.Module>>();

export function setSources(sources: { [binary in Binary]?: () => Source }): void {
  for (const [binary, find] of Object.entries(sources)) {
    finders.set(binary as Binary, find);
    compilers.set(binary as Binary, once((source) => compile(source ?? find())));
  }
}

/** @param source Looked at by the first call alone, unless that fails. */
export async function compiled(binary: Binary, source?: Source): Promise<WebAssembly.Module> {
  const compiler = compilers.get(binary);
  if (!compiler) throw new Error(`no binary is known for ${binary}`);
  return compiler(source);
}

/** Where a binary lies; undefined where that is not known. */
export function sourceOf(binary: Binary): Source | undefined {
  return finders.get(binary)?.();
}

/** Calls of the result share one attempt; one that failed does not stand in the way of the next. */
export function once<A extends unknown[], T>(attempt: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let running: Promise<T> | undefined;
  return (...args) => {
    running ??= attempt(...args).catch((cause: unknown) => {
      running = undefined;
      throw toTilewiseError(cause);
    });
    return running;
  };
}

async function compile(source: Source): Promise<WebAssembly.Module> {
  const binary = await source;
  if (binary instanceof WebAssembly.Module) return binary;
  // First: in Node, to ask for a `Response` loads all that its fetch is made of, which takes longer than to compile.
  if (binary instanceof ArrayBuffer || ArrayBuffer.isView(binary)) return WebAssembly.compile(binary as BufferSource);
  if (binary instanceof Response) return compileResponse(binary);
  if (typeof binary === "string" || binary instanceof URL || binary instanceof Request) {
    return compileResponse(await fetch(binary));
  }
  return WebAssembly.compile(binary as BufferSource);
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  requireOk(response);
  // Streams only what is served as wasm.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

export function requireOk(response: Response): void {
  if (response.ok) return;
  throw new TilewiseError("network", `${response.url} answered ${response.status} where a binary was expected`);
}

/** Compiles a binary, wherever it lies. */
import { TilewiseError } from "./error.js";
import type { WasmSource } from "./tilewise.js";

export async function compile(source: WasmSource | Promise<WasmSource>): Promise<WebAssembly.Module> {
  const binary = await source;
  if (binary instanceof WebAssembly.Module) return binary;
  if (binary instanceof Response) return compileResponse(binary);
  if (typeof binary === "string" || binary instanceof URL || binary instanceof Request) {
    return compileResponse(await fetch(binary));
  }
  return WebAssembly.compile(binary as BufferSource);
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) {
    throw new TilewiseError("network", `${response.url} answered ${response.status} where a binary was expected`);
  }
  // Streams only what is served as wasm.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

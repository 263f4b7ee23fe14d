/**
 * A program that does nothing, in as many bytes as another, and the script that loads it as the package loads its own: what
 * no program of this size can go below.
 */

/** Those of the package's program have about as many. */
const FUNCTION_BYTES = 200;

export const emptyScript = `
  const url = new URL("./empty.wasm", import.meta.url);
  const isFile = url.protocol === "file:";
  const { readFile } = isFile ? await import("node:fs/promises") : {};
  const module = await (isFile ? WebAssembly.compile(await readFile(url)) : WebAssembly.compileStreaming(fetch(url)));
  export const { exports } = isFile ? new WebAssembly.Instance(module) : await WebAssembly.instantiate(module);
`;

/** A module of about so many bytes: functions of `nop`, the first of which is exported as `run`. */
export function emptyModule(bytes) {
  const count = Math.ceil(bytes / FUNCTION_BYTES);
  const body = [...unsigned(FUNCTION_BYTES - 2), 0, ...Array(FUNCTION_BYTES - 4).fill(NOP), END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    // One type, which takes and gives nothing.
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [...unsigned(count), ...Array(count).fill(0)]),
    ...section(7, [1, 3, ...new TextEncoder().encode("run"), 0, 0]),
    ...section(10, [...unsigned(count), ...Array(count).fill(body).flat()]),
  ]);
}

const NOP = 0x01;
const END = 0x0b;

const section = (id, content) => [id, ...unsigned(content.length), ...content];

/** As LEB128 (WebAssembly Core Specification 2.0, 5.2.2). */
function unsigned(value) {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

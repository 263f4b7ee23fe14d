/** The memory of the package's program, which it keeps to itself. */

/** To be called before the program is loaded; gives its length in bytes. */
export function watchMemory() {
  const memories = [];
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...from) => {
    const made = await instantiate(...from);
    const { exports } = made.instance ?? made;
    if ("poll" in exports) memories.push(exports.memory);
    return made;
  };
  return () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

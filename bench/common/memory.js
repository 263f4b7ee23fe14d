/** The memory of the package's programs, which they keep to themselves. */

const isMain = (exports) => "poll" in exports;

/** To be called before a program is loaded. Gives the memories of all that are loaded from then on; by default, of the main one. */
export function watchMemories(isWatched = isMain) {
  const memories = [];
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...from) => {
    const made = await instantiate(...from);
    const { exports } = made.instance ?? made;
    if (isWatched(exports)) memories.push(exports.memory);
    return made;
  };
  return memories;
}

export const bytesOf = (memories) => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

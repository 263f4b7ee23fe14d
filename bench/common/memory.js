/** The memory of the package's programs, which they keep to themselves. */

const isMain = (exports) => "poll" in exports;

/** To be called before a program is loaded. Gives the memories of all that are loaded from then on; by default, of the main one. */
export function watchMemories(isWatched = isMain) {
  const memories = [];
  const { Instance, instantiate } = WebAssembly;
  const watch = ({ exports }) => {
    if (isWatched(exports)) memories.push(exports.memory);
  };
  WebAssembly.instantiate = async (...from) => {
    const made = await instantiate(...from);
    watch(made.instance ?? made);
    return made;
  };
  WebAssembly.Instance = class extends Instance {
    constructor(...from) {
      super(...from);
      watch(this);
    }

    static [Symbol.hasInstance](value) {
      return value instanceof Instance;
    }
  };
  return memories;
}

export const bytesOf = (memories) => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

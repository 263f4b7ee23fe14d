/** For scripts that look at memory: the start of one, before it imports the package. */

/** Leaves `collect`, and `memories`: that of the package's program, which it keeps to itself. */
export const WATCH_MEMORY = `
  import { setFlagsFromString } from "node:v8";
  import { runInNewContext } from "node:vm";

  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");

  const memories = [];
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...from) => {
    const made = await instantiate(...from);
    const { exports } = made.instance ?? made;
    if ("poll" in exports) memories.push(exports.memory);
    return made;
  };
`;

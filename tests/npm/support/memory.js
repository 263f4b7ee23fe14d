/** For scripts that look at memory: the start of one, before it imports the package. */

/** Leaves `collect`, and the program's `memories`. */
export const WATCH_MEMORY = `
  import { setFlagsFromString } from "node:v8";
  import { runInNewContext } from "node:vm";
  import { watchMemories } from ${JSON.stringify(new URL("../../../bench/common/memory.js", import.meta.url))};

  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const memories = watchMemories();
`;

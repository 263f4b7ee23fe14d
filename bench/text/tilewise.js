import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bytesOf, watchMemories } from "../common/memory.js";
import { measure } from "./measure.js";

const [folder] = process.argv.slice(2);
const memories = watchMemories(({ memory }) => memory !== undefined);

await measure(async () => {
  const { countText } = await import(pathToFileURL(join(folder, "node.js")));
  return {
    count: async (text) => (await countText(text, { model: "moonshotai/Kimi-K3" })).tokens,
    heldBytes: () => bytesOf(memories),
  };
});

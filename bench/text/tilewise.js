import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measure } from "./measure.js";

const [folder] = process.argv.slice(2);
const memories = [];
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...args) => {
  const made = await instantiate(...args);
  const { memory } = (made.instance ?? made).exports;
  if (memory) memories.push(memory);
  return made;
};

await measure(async () => {
  const { countText } = await import(pathToFileURL(join(folder, "node.js")));
  return {
    count: async (text) => (await countText(text, { model: "moonshotai/Kimi-K3" })).tokens,
    heldBytes: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  };
});

/** The contest in Node. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measure } from "./measure.js";

export async function measureInNode(packageFolder, effort) {
  const { default: init, chat } = await import(pathToFileURL(join(packageFolder, "node.js")));
  await init();
  return measure(chat, effort);
}

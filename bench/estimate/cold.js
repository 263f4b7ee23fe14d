/** Milliseconds from the import of the package to its first estimate, each in a process or a page of its own. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { measureInChromium } from "../common/browser.js";
import { median } from "../common/statistics.js";
import { draft } from "./draft.js";

const script = (address) => `
  const started = performance.now();
  const { default: init, estimate } = await import(${JSON.stringify(address)});
  await init();
  if (!(estimate(${JSON.stringify(draft(1))}).inputTokens > 0)) throw new Error("nothing was counted");
  const ms = performance.now() - started;
`;

export async function coldInNode(packageFolder, starts) {
  const source = `${script(pathToFileURL(join(packageFolder, "node.js")).href)}; console.log(ms);`;
  const run = async () => Number((await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source])).stdout);
  return medianOf(starts, run);
}

/** From a server on the same machine: what a network adds is known, by the bytes. */
export const coldInChromium = (chromium, packageFolder, starts) =>
  medianOf(starts, () => measureInChromium(chromium, packageFolder, new URL("cold-page.js", import.meta.url), [], { argument: `${script("/tilewise/index.js")}; return ms;` }));

async function medianOf(starts, run) {
  const samples = [];
  for (let start = 0; start < starts; start++) samples.push(await run());
  return median(samples);
}

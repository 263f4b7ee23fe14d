/**
 * Milliseconds from the import of the package to its first estimate, and to load a program of the same size that does
 * nothing; by turns, each in a process or a page of its own.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { measureInChromium } from "../common/browser.js";
import { median, shuffled } from "../common/statistics.js";
import { draft } from "./draft.js";
import { emptyModule, emptyScript } from "./empty.js";

const first = (address) => `
  const { default: init, estimate } = await import(${JSON.stringify(address)});
  await init();
  if (!(estimate(${JSON.stringify(draft(1))}).inputTokens > 0)) throw new Error("nothing was counted");
`;

const empty = (address) => `
  const { exports } = await import(${JSON.stringify(address)});
  exports.run();
`;

const timed = (script) => `const started = performance.now(); ${script} const ms = performance.now() - started;`;

export async function coldInNode(packageFolder, starts) {
  const folder = await mkdtemp(join(tmpdir(), "tilewise-empty-"));
  try {
    await writeFile(join(folder, "index.mjs"), emptyScript);
    await writeFile(join(folder, "empty.wasm"), await emptyOf(packageFolder));
    const run = async (script) => {
      const source = `${timed(script)} console.log(ms);`;
      return Number((await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source])).stdout);
    };
    const address = (...path) => pathToFileURL(join(...path)).href;
    return await medians(starts, run, first(address(packageFolder, "node.js")), empty(address(folder, "index.mjs")));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** From a server on the same machine: what a network adds is known, by the bytes. */
export async function coldInChromium(chromium, packageFolder, starts) {
  const page = new URL("cold-page.js", import.meta.url);
  const beside = [
    ["/empty/index.js", emptyScript],
    ["/empty/empty.wasm", await emptyOf(packageFolder)],
  ];
  const run = (script) => measureInChromium(chromium, packageFolder, page, [], { argument: `${timed(script)} return ms;`, beside });
  return medians(starts, run, first("/tilewise/index.js"), empty("/empty/index.js"));
}

const emptyOf = async (packageFolder) => emptyModule((await readFile(join(packageFolder, "tilewise.wasm"))).length);

async function medians(starts, run, ...scripts) {
  const samples = scripts.map((script) => ({ script, ms: [] }));
  for (let start = 0; start < starts; start++) {
    for (const { script, ms } of shuffled(samples)) ms.push(await run(script));
  }
  const [tilewise, empty] = samples.map(({ ms }) => median(ms));
  return { tilewise, empty };
}

/**
 * tilewise/prepare beside browser-image-compression, pica and jSquash, in Chromium, on photographs of 12 megapixels.
 * `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureInChromium } from "../common/browser.js";
import { chromium, folder as packageFolder, isOnce } from "../common/options.js";
import { shuffled } from "../common/statistics.js";
import { print, printTable, short, title, whole } from "../common/table.js";
import { makePhotographs, smallPhotograph } from "./photographs.js";
import { BINARIES, downloads } from "./size.js";

const PHOTOGRAPHS = 4;
const ROUNDS = isOnce ? 1 : 4;
/** A long list of them must take no more memory than a short one. */
const MANY = isOnce ? 2 : 96;
/** To the reference. Of the noise of a sensor one contestant keeps 0.59; less than this is another image. */
const LEAST_SSIM = 0.5;

const folder = await mkdtemp(join(packageFolder, "../bench-prepare-"));
try {
  const photographs = isOnce ? [smallPhotograph(folder)] : makePhotographs(folder, PHOTOGRAPHS);
  const beside = new Map();
  for (const [index, { reference }] of photographs.entries()) beside.set(`/references/${index}`, await readFile(reference));
  for (const [name, path] of Object.entries(BINARIES)) beside.set(`/peers/${name}`, await readFile(path));

  /** Each in a browser of its own, so that the memory is its own as well. */
  const measure = async (name, total) => {
    const measured = {};
    const watch = async (browser) => Object.assign(measured, await memory(browser));
    const options = { argument: { name, rounds: ROUNDS, total }, beside, watch };
    const script = new URL("page.js", import.meta.url);
    const result = await measureInChromium(chromium, packageFolder, script, photographs, options);
    const isRight = result.ssim >= LEAST_SSIM && result.types.every((type) => type === "image/jpeg");
    if (!isRight) throw new Error(`${name}: SSIM ${result.ssim} and ${result.types} are not right`);
    return { ...result, ...measured };
  };

  const size = await downloads(packageFolder);
  const results = {};
  for (const name of shuffled(Object.keys(size))) results[name] = await measure(name, 0);
  title("Chromium: a photograph of 12 megapixels to 768×1024, JPEG of quality 85");
  printTable(
    ["contestant", "time, ms", "× tilewise's time", "SSIM", "JPEG, KB", "longest task, ms", "peak, MB", "download, KB"],
    Object.keys(size).map((name) => {
      const { ms, ssim, bytes, longestTask, peak } = results[name];
      return [name, whole(ms), short(ms / results.tilewise.ms), ssim.toFixed(4), whole(bytes / 1000), whole(longestTask), whole(peak), whole(size[name] / 1000)];
    }),
  );
  const many = await measure("tilewise", MANY);
  print(`\ntilewise, ${MANY} photographs: peak ${whole(many.peak)} MB, ${whole(results.tilewise.peak)} for ${PHOTOGRAPHS * ROUNDS}`);
} finally {
  await rm(folder, { recursive: true });
}

/** The most megabytes that the page's process held in memory, as the system counts it (proc(5), `VmHWM`). */
async function memory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const peaks = [];
  for (const { type, id } of processInfo) {
    if (type !== "renderer") continue;
    const status = await readFile(`/proc/${id}/status`, "utf8");
    peaks.push(Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1000);
  }
  return { peak: Math.max(...peaks) };
}

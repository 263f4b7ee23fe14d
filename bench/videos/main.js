/**
 * tilewise beside mediabunny, in Node and in Chromium, on the videos of `tests/fixtures`, and what a page
 * downloads of both. `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measureInChromium } from "../common/browser.js";
import { requireRight } from "../common/judge.js";
import { chromium, folder as packageFolder, isOnce, rounds } from "../common/options.js";
import { prepare } from "./files.js";
import { measure } from "./measure.js";
import { report } from "./report.js";
import { reportSizes } from "./size.js";

/** Of those that both read, one a container. */
const FEW = ["mp4/h264.mp4", "mov/h264.mov", "webm/vp8.webm", "mkv/h264.mkv"];

const show = (runtime, results) => {
  report(runtime, results);
  if (isOnce) for (const { name, outcomes } of results) requireRight(name, outcomes);
};

const { default: init, inspect } = await import(pathToFileURL(join(packageFolder, "node.js")));
await init();
// Beside the package, on the disk: a system's temporary folder may lie in memory.
const folder = await mkdtemp(join(packageFolder, "../bench-videos-"));
try {
  const files = await prepare(folder, isOnce ? FEW : undefined);
  // Node 20 keeps of a blob's size the lower 32 bits.
  const openable = files.filter(({ blob, size }) => blob.size === size);
  show("Node", await measure(inspect, openable, rounds));
  const page = new URL("page.js", import.meta.url);
  show("Chromium", await measureInChromium(chromium, packageFolder, page, files, { argument: rounds }));
} finally {
  await rm(folder, { recursive: true });
}
await reportSizes(packageFolder);

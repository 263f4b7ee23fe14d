/**
 * tilewise beside mediabunny, in Node and in Chromium, on the films of `tests/fixtures`, and what a page
 * downloads of both. `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { measureInChromium } from "../common/browser.js";
import { prepare } from "./files.js";
import { measure } from "./measure.js";
import { report } from "./report.js";
import { reportSizes } from "./size.js";

const [packageFolder, chromium] = process.argv.slice(2).map((path) => resolve(path));
const { default: init, inspect } = await import(pathToFileURL(join(packageFolder, "node.js")));
await init();
// Beside the package, on the disk: a system's temporary folder may lie in memory.
const folder = await mkdtemp(join(packageFolder, "../bench-videos-"));
try {
  const files = await prepare(folder);
  // Node 20 keeps of a blob's size the lower 32 bits.
  const openable = files.filter(({ blob, size }) => blob.size === size);
  report("Node", await measure(inspect, openable));
  report("Chromium", await measureInChromium(chromium, packageFolder, new URL("page.js", import.meta.url), files));
} finally {
  await rm(folder, { recursive: true });
}
await reportSizes(packageFolder);

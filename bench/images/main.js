/**
 * tilewise beside image-size, image-meta and probe-image-size, in Node and in Chromium, on the pictures of
 * `tests/fixtures`. `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { measureInChromium } from "../common/browser.js";
import { prepare } from "./files.js";
import { measureInNode } from "./node.js";
import { report } from "./report.js";

const [packageFolder, chromium] = process.argv.slice(2).map((path) => resolve(path));
// Beside the package, on the disk: a system's temporary folder may lie in memory.
const folder = await mkdtemp(join(packageFolder, "../bench-images-"));
try {
  const files = await prepare(folder);
  report("Node", await measureInNode(packageFolder, files));
  report("Chromium", await measureInChromium(chromium, packageFolder, new URL("page.js", import.meta.url), files));
} finally {
  await rm(folder, { recursive: true });
}

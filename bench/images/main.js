/**
 * tilewise beside image-size, image-meta and probe-image-size, in Node and in Chromium, on the images of
 * `tests/fixtures`. `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureInChromium } from "../common/browser.js";
import { requireRight } from "../common/judge.js";
import { chromium, folder as packageFolder, isOnce, rounds } from "../common/options.js";
import { prepare } from "./files.js";
import { measureInNode } from "./node.js";
import { report } from "./report.js";

/** Of those that everybody reads, one a format. */
const FEW = ["png/rgb.png", "jpeg/baseline.jpg", "gif/looping-large.gif", "webp/lossy.webp"];

const show = (runtime, results) => {
  report(runtime, results);
  if (!isOnce) return;
  for (const { name, memory, blob } of results) for (const outcomes of [memory, blob]) requireRight(name, outcomes);
};

// Beside the package, on the disk: a system's temporary folder may lie in memory.
const folder = await mkdtemp(join(packageFolder, "../bench-images-"));
try {
  const files = await prepare(folder, isOnce ? FEW : undefined);
  show("Node", await measureInNode(packageFolder, files, rounds));
  const page = new URL("page.js", import.meta.url);
  show("Chromium", await measureInChromium(chromium, packageFolder, page, files, { argument: rounds }));
} finally {
  await rm(folder, { recursive: true });
}

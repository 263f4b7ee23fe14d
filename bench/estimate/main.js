/**
 * Estimates beside the same arithmetic in plain JavaScript, and what a first one costs: from the import of the package
 * to its result. In Node and in Chromium. `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { resolve } from "node:path";
import { measureInChromium } from "../common/browser.js";
import { coldInChromium, coldInNode } from "./cold.js";
import { measureInNode } from "./node.js";
import { report } from "./report.js";

const [packageFolder, chromium] = process.argv.slice(2).map((path) => resolve(path));
report("Node", await measureInNode(packageFolder), await coldInNode(packageFolder));
report("Chromium", await measureInChromium(chromium, packageFolder, new URL("page.js", import.meta.url), []), await coldInChromium(chromium, packageFolder));

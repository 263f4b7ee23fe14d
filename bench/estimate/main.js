/**
 * Estimates beside the same arithmetic in plain JavaScript, and what a first one costs: from the import of the package
 * to its result, beside an empty program of its size. In Node and in Chromium. `cargo xtask bench` runs it, with the
 * package's folder and Chromium's path.
 */
import { measureInChromium } from "../common/browser.js";
import { chromium, folder, isOnce } from "../common/options.js";
import { coldInChromium, coldInNode } from "./cold.js";
import { measureInNode } from "./node.js";
import { report } from "./report.js";

/** Of calls the first round warms up; each cold start is a process or a page of its own. */
const effort = isOnce ? { rounds: 2, calls: 20 } : { rounds: 12, calls: 2000 };
const coldStarts = isOnce ? 1 : 15;

const page = new URL("page.js", import.meta.url);
report("Node", await measureInNode(folder, effort), await coldInNode(folder, coldStarts));
const inChromium = await measureInChromium(chromium, folder, page, [], { argument: effort });
report("Chromium", inChromium, await coldInChromium(chromium, folder, coldStarts));

/**
 * tilewise beside eventsource-parser with JSON.parse and the openai package, in Node and in Chromium, on an
 * answer of 10 MB that `fetch` gives all of them. `cargo xtask bench` runs it, with the package's folder and
 * Chromium's path.
 */
import { measureInChromium } from "../common/browser.js";
import { chromium, folder, isOnce } from "../common/options.js";
import { measureInNode } from "./node.js";
import { report } from "./report.js";

const MB = 1_000_000;

/** Of either answer its bytes, and how often everybody reads it; the first round warms up. */
const effort = isOnce
  ? { short: { length: MB / 50, rounds: 2 }, long: { length: MB / 5, rounds: 2 } }
  : // Whether time grows with more than the length.
    { short: { length: 10 * MB, rounds: 6 }, long: { length: 100 * MB, rounds: 3 } };

report("Node", await measureInNode(folder, effort));
const page = new URL("page.js", import.meta.url);
report("Chromium", await measureInChromium(chromium, folder, page, [], { argument: effort }));

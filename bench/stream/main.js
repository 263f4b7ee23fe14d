/**
 * tilewise beside eventsource-parser with JSON.parse and the openai package, in Node and in Chromium, on an
 * answer of 10 MB that `fetch` gives all of them. `cargo xtask bench` runs it, with the package's folder and
 * Chromium's path.
 */
import { resolve } from "node:path";
import { measureInChromium } from "../common/browser.js";
import { measureInNode } from "./node.js";
import { report } from "./report.js";

const [packageFolder, chromium] = process.argv.slice(2).map((path) => resolve(path));
report("Node", await measureInNode(packageFolder));
report("Chromium", await measureInChromium(chromium, packageFolder, new URL("page.js", import.meta.url), []));

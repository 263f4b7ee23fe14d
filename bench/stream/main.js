/**
 * tilewise beside eventsource-parser with JSON.parse and openai, in Node and in Chromium, on the same bytes of a
 * streamed answer. `cargo xtask bench` runs it, with the package's folder and Chromium's path.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { measureInChromium } from "../common/browser.js";
import { measure } from "./measure.js";
import { report } from "./report.js";

const [packageFolder, chromium] = process.argv.slice(2).map((path) => resolve(path));
const { default: init, chat } = await import(pathToFileURL(join(packageFolder, "node.js")));
await init();
report("Node", await measure(chat));
report("Chromium", await measureInChromium(chromium, packageFolder, new URL("page.js", import.meta.url), []));

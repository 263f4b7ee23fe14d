/**
 * The main flow in Firefox and WebKit, on a phone's width and a desktop's. Says what was seen, leaves a screenshot of each
 * in `target/browsers`, and ends with an error where a flow does. `cargo xtask browsers` runs it, with the origin of
 * the page and the paths of Firefox and of WebKit's driver.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { withFirefox } from "./firefox.js";
import { flow } from "./flow.js";
import { withWebKit } from "./webkit.js";

const FOLDER = new URL("../../target/browsers/", import.meta.url);
const SIZES = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];

const [origin, firefox, webkit] = process.argv.slice(2);
const browsers = [
  ["firefox", withFirefox, firefox],
  ["webkit", withWebKit, webkit],
];
await mkdir(FOLDER, { recursive: true });
for (const [name, withBrowser, path] of browsers) {
  for (const size of SIZES) {
    await withBrowser(path, size, async ({ version, open, run, screenshot }) => {
      await open(origin);
      const label = `${name} ${version}, ${size.width} pixels`;
      const seen = await run(flow);
      await writeFile(new URL(`${name}-${size.width}.png`, FOLDER), await screenshot());
      if (seen.failure) {
        console.error(`${label}: ${seen.failure}`);
        process.exitCode = 1;
      } else {
        console.log(`${label}: ${seen.notes.join(", ")}`);
      }
    });
  }
}

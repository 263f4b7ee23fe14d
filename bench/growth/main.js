/**
 * How time grows with the number of media and of files: 1, 10, 100 and 1,000, in Node. A line that is flat or falls is work
 * that is linear or less. `cargo xtask bench` runs it, with the package's folder, and leaves the chart in
 * `docs/growth.svg`.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { folder, isOnce } from "../common/options.js";
import { printTable, short, title } from "../common/table.js";
import { chart } from "./chart.js";
import { measure } from "./measure.js";

const COUNTS = isOnce ? [1, 10] : [1, 10, 100, 1000];
const rounds = isOnce ? 2 : 8;

const media = await mkdtemp(join(tmpdir(), "tilewise-growth-"));
try {
  const { default: init, ...tilewise } = await import(pathToFileURL(join(folder, "node.js")));
  await init();
  const lines = await measure(tilewise, media, COUNTS, rounds);
  title("Node: microseconds for each of N");
  printTable(
    ["task", ...COUNTS.map((count) => `N = ${count.toLocaleString("en-GB")}, µs`)],
    lines.map(({ name, us }) => [name, ...us.map(short)]),
  );
  if (!isOnce) await writeFile(new URL("../../docs/growth.svg", import.meta.url), chart(COUNTS, lines));
} finally {
  await rm(media, { recursive: true });
}

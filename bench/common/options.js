/** What `cargo xtask` tells a contest: the folder of the package or of the site, Chromium's path, and `--once`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { once: { type: "boolean", default: false } } });

export const [folder, chromium] = positionals.map((path) => resolve(path));

/** Everybody answers once, on little: no figure is printed, and an answer that is not right ends the contest. */
export const isOnce = values.once;

/** Of a contest between readers of files; the first round warms up. */
export const rounds = isOnce ? 2 : 10;

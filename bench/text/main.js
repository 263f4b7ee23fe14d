/**
 * The tokenizer beside `splintr-rs`, which is the same code natively, and beside `gpt-tokenizer`, which counts by a vocabulary
 * of its own (o200k), in Node. `cargo xtask bench` runs it, with the package's folder and a Python that has `splintr-rs`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folder, isOnce } from "../common/options.js";
import { median } from "../common/statistics.js";
import { print, printTable, short, title, whole } from "../common/table.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MB = 1_000_000;
const ROUNDS = isOnce ? 1 : 7;

/** All files of a folder with this ending, one behind the other. */
function together(path, ending) {
  const names = readdirSync(join(ROOT, path), { recursive: true }).filter((name) => name.endsWith(ending)).sort();
  return names.map((name) => readFileSync(join(ROOT, path, name), "utf8")).join("\n");
}

const prose = together("docs", ".md");
const code = together("src", ".rs");
const texts = {
  "a question": "Describe the image in two sentences, and say what is written on the sign.",
  prose: isOnce ? prose.slice(0, 5000) : prose,
  code: isOnce ? code.slice(0, 5000) : code.slice(0, MB),
};

/** Each in a process of its own: what one holds is nothing to the next. */
function ask(script, ...args) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const input = JSON.stringify({ texts, rounds: ROUNDS });
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", path, ...args], { input, maxBuffer: 64 * MB });
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(stdout);
}

const contestants = { tilewise: ask("tilewise.js", folder), "gpt-tokenizer": ask("gpt-tokenizer.js") };
const python = process.env.TILEWISE_TEXT_PYTHON;
if (python) {
  const script = fileURLToPath(new URL("native.py", import.meta.url));
  const input = JSON.stringify({ texts, rounds: ROUNDS });
  contestants["splintr-rs, natively"] = JSON.parse(execFileSync(python, [script], { input, maxBuffer: 64 * MB }));
}
for (const [name, { counts }] of Object.entries(contestants)) {
  for (const text of Object.keys(texts)) {
    const own = contestants.tilewise.counts[text];
    const isSame = counts[text].tokens === own.tokens;
    if (!(counts[text].tokens > 0) || (name.startsWith("splintr") && !isSame)) throw new Error(`${name} counts ${counts[text].tokens}, not ${own.tokens}`);
  }
}

title("Text, counted in Node");
const names = Object.keys(contestants);
printTable(["", ...names], [
  ["load to the first count, ms", ...names.map((name) => short(contestants[name].loadMs))],
  ["memory held, MB", ...names.map((name) => short(contestants[name].heldBytes / MB))],
  ...Object.entries(texts).map(([text, { length }]) => [
    `${text}, ${whole(length)} letters: million tokens a second`,
    ...names.map((name) => short(contestants[name].counts[text].tokens / median(contestants[name].counts[text].ms) / 1000)),
  ]),
]);
print("");

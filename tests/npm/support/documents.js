/** The code in the README and in `docs`, which must run as it is. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";

const ROOT = new URL("../../../", import.meta.url);

/** Where the code stands that a test runs: page, heading, language. The first block of that language counts. */
const EXAMPLES = {
  install: ["README.md", "Install", "sh"],
  "first estimate": ["README.md", "First estimate", "sh"],
  "first output": ["README.md", "First estimate", "text"],
  guard: ["README.md", "In the SDK that you use", "js"],
  page: ["README.md", "In a page", "html"],
  ask: ["README.md", "Send it", "js"],
  "page that asks": ["docs/javascript.md", "Stream an answer in a page", "html"],
  types: ["docs/javascript.md", "TypeScript", "ts"],
  conversation: ["docs/javascript.md", "Conversations", "js"],
  "other models": ["docs/javascript.md", "Other models", "js"],
  prices: ["docs/javascript.md", "The endpoint's own models and prices", "js"],
  command: ["docs/command-line.md", "The command", "sh"],
  text: ["docs/javascript.md", "Exact text", "js"],
  video: ["docs/videos.md", "Videos", "js"],
  prepare: ["docs/prepare.md", "In JavaScript", "js"],
};

/** The code of this name. */
export function example(name) {
  const [page, heading, language] = EXAMPLES[name];
  const [block, ...others] = blocks(page).filter((block) => block.heading === heading && block.language === language);
  assert.ok(block, `${page} has no ${language} example under "${heading}"`);
  assert.deepEqual(others, [], `${page} has several ${language} examples under "${heading}"`);
  return block.code;
}

/** Blocks of JavaScript, TypeScript and HTML that no test runs. */
export function untestedExamples() {
  const names = readdirSync(new URL("docs", ROOT)).filter((name) => name.endsWith(".md"));
  const pages = ["README.md", ...names.map((name) => `docs/${name}`)];
  const tested = new Set(Object.values(EXAMPLES).map((place) => place.join("\n")));
  return pages.flatMap((page) =>
    blocks(page)
      .filter(({ language }) => ["js", "ts", "html"].includes(language))
      .map(({ heading, language }) => [page, heading, language])
      .filter((place) => !tested.has(place.join("\n"))),
  );
}

function blocks(page) {
  const text = readFileSync(new URL(page, ROOT), "utf8");
  const found = [];
  let heading = "";
  for (const [, title, language, code] of text.matchAll(/^#+ ([^\n]*)$|^```(\w+)\n(.*?)^```$/gms)) {
    if (title === undefined) found.push({ heading, language, code });
    else heading = title;
  }
  return found;
}

/** Examples in the README, which must run as they are. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const README = new URL("../../../README.md", import.meta.url);

/** The first block of code in this language under this heading. */
export function readmeExample(heading, language) {
  const sections = readFileSync(README, "utf8").split(/^(?=## )/m);
  const section = sections.find((section) => section.startsWith(`## ${heading}\n`));
  assert.ok(section, `README.md has no heading "## ${heading}"`);
  const block = section.match(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms"));
  assert.ok(block, `README.md has no ${language} example under "## ${heading}"`);
  return block[1];
}

/**
 * How the main states look, held against pictures that somebody has looked at. After a change that is meant:
 * `TILEWISE_SNAPSHOTS=changed cargo xtask test`, and look at what `git diff` has to show.
 */
import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { STATES } from "./states.js";
import { open } from "./support.js";

// Letters are drawn by each system's own means.
test.skip(process.platform !== "linux", "the pictures were taken on Linux");
// The page's policy allows no font.
test.use({ bypassCSP: true });

const WEIGHTS = [400, 600, 700];
/** Times, which differ from one run to the next. */
const TIMES = ".conversation .status, [data-testid=ledger] tbody td";

/** One font in place of the system's, so that lines break at the same words everywhere; and no times. */
async function makeComparable(page) {
  const faces = WEIGHTS.map((weight) => {
    const path = `node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`;
    const data = readFileSync(path).toString("base64");
    return `@font-face { font-family: Inter; font-weight: ${weight}; src: url("data:font/woff2;base64,${data}") }`;
  });
  const everywhere = "*, *::before, *::after { font-family: Inter !important }";
  const timeless = `${TIMES} { color: transparent !important }`;
  await page.addStyleTag({ content: [...faces, everywhere, timeless].join("\n") });
  await page.evaluate((weights) => Promise.all(weights.map((weight) => document.fonts.load(`${weight} 16px Inter`))), WEIGHTS);
}

for (const width of [390, 820, 1440]) {
  test(`every state looks as it did at a width of ${width}, light and dark`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await makeComparable(page);
    for (const [state, reach] of Object.entries(STATES)) {
      await reach(page);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await expect.soft(page).toHaveScreenshot(`${state}-${width}-${colorScheme}.png`);
      }
    }
  });
}

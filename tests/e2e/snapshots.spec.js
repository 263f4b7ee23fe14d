/**
 * How the main states look, compared with images that somebody has looked at. After a change that is meant:
 * `TILEWISE_SNAPSHOTS=changed cargo xtask test`, and look at what `git diff` has to show.
 *
 * Each image is of the part that its state is about. The window is so tall that nothing scrolls, as browsers differ in
 * where a page stays when something above is added or removed.
 */
import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { STATES } from "./states.js";
import { card, comeToRest, open, turns } from "./support.js";

// Letters are drawn by each system's own means.
test.skip(process.platform !== "linux", "the images were taken on Linux");
// The page's policy allows no style of ours. With reduced motion nothing is on its way when an image is taken.
test.use({ bypassCSP: true, contextOptions: { reducedMotion: "reduce" } });

/** Colours do not depend on the width, nor lines on the colours. */
const LOOKS = [
  { width: 390, colorSchemes: ["light"] },
  { width: 820, colorSchemes: ["light", "dark"] },
  { width: 1440, colorSchemes: ["light"] },
];
/** As people have it, for what fills the window. */
const USUAL = 900;
/** Taller than any state at any width. */
const TALL = 3600;

/** Which parts of a state are compared, by the name of the image, and how tall the window is. */
const PARTS = {
  empty: { height: USUAL, parts: (page) => ({ empty: page }) },
  photos: { height: TALL, parts: (page) => ({ photos: page.locator(".media") }) },
  tiles: { height: USUAL, parts: (page) => ({ tiles: page.getByRole("dialog") }) },
  conversation: { height: TALL, parts: (page) => ({ conversation: page.locator(".conversation") }) },
  refused: {
    height: TALL,
    parts: (page) => ({ cost: page.locator(".sheet.cost"), refused: card(page, "text.jpg"), unshown: card(page, "claims-4-billion-pixels.png") }),
  },
  failed: {
    height: TALL,
    parts: (page) => ({ failed: turns(page).last(), ledger: page.locator(".ledger"), undo: page.getByTestId("removed") }),
  },
};

/** Every browser scales and colours the frame of a video in its own way. */
const STYLE = "video, .thumb.video img { visibility: hidden }";

for (const { width, colorSchemes } of LOOKS) {
  test(`every state looks as it did at a width of ${width}, ${colorSchemes.join(" and ")}`, async ({ page }) => {
    // Up to twenty images, some of them large.
    test.slow();
    // How long an answer took is written beside it.
    await page.addInitScript(() => {
      const now = Date.now();
      Date.now = () => now;
    });
    await page.setViewportSize({ width, height: USUAL });
    await open(page);
    await page.addStyleTag({ content: STYLE });
    const images = [];
    for (const [state, reach] of Object.entries(STATES)) {
      const { height, parts } = PARTS[state];
      await page.setViewportSize({ width, height });
      await reach(page);
      // Frames of videos are drawn one after the other.
      await expect(page.locator(".thumb.video:not(:has(img))")).toHaveCount(0);
      if (height === TALL) expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(TALL);
      for (const colorScheme of colorSchemes) {
        await page.emulateMedia({ colorScheme });
        await comeToRest(page);
        await page.mouse.move(0, 0);
        await page.evaluate(() => window.scrollTo({ top: 0, left: 0, behavior: "instant" }));
        for (const [name, part] of Object.entries(parts(page))) {
          const image = `${name}-${width}-${colorScheme}.png`;
          await expect.soft(part).toHaveScreenshot(image);
          images.push(resolve("e2e/snapshots", image));
        }
      }
    }
    if (process.env.TILEWISE_SNAPSHOTS) execFileSync(process.env.TILEWISE_PYTHON, [resolve("e2e/shrink.py"), ...images]);
  });
}

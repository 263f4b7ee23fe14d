import { expect } from "@playwright/test";
import { ask, box, card, converse, fixture, openCost, pasteSample, pick, refuseWith, status, tab, useOwnOrigin } from "./support.js";

/** The page's main states, each reached from the one before. */
export const STATES = {
  empty: async () => {},
  photos: async (page) => {
    await pasteSample(page, "screenshot.png");
    await pasteSample(page, "clip.mp4");
    await expect(page.getByTestId("published")).toHaveCount(2);
  },
  tiles: async (page) => {
    await page.getByRole("button", { name: "Inspect screenshot.png" }).click({ position: { x: 20, y: 20 } });
    await expect(page.getByRole("dialog").getByTestId("viewer-figures")).toContainText("tiles");
  },
  conversation: async (page) => {
    await page.keyboard.press("Escape");
    await tab(page, "Ask");
    await useOwnOrigin(page);
    await converse(page, "What is **this**?\n\n| a | b |\n|---|---|\n| 1 | 2 |");
  },
  refused: async (page) => {
    await pick(page, fixture("png/claims-4-billion-pixels.png"), fixture("refused/text.jpg"));
    // It is tried where it is seen.
    const unshown = card(page, "claims-4-billion-pixels.png");
    await unshown.scrollIntoViewIfNeeded();
    await expect(unshown).toContainText("This browser cannot show it");
    await openCost(page);
    await expect(page.getByText("the model's context holds 262,000")).toBeVisible();
  },
  failed: async (page) => {
    await tab(page, "Ask");
    await page.getByRole("button", { name: "Remove claims-4-billion-pixels.png" }).click();
    await page.getByRole("button", { name: "Remove text.jpg" }).click();
    await refuseWith(page, 400, "This model is asleep.");
    await box(page).fill("And now?");
    await ask(page).click();
    await expect(status(page)).toContainText("Failed");
    // What was removed before made way for the answer.
    await pick(page, fixture("png/rgb.png"));
    await page.getByRole("button", { name: "Remove rgb.png" }).click();
  },
};

import { expect, test } from "@playwright/test";
import { card, choose, chosen, fixture, inspect, inspector, open, openPicker, pick, picker } from "./support.js";

test("Back closes the dialog that is open, and the files and the address stay", async ({ page }) => {
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  await expect(card(page, "rgb.png").getByTestId("published")).toHaveText("12");
  await expect(page).toHaveURL(/png/);
  const before = page.url();
  await inspect(page, "rgb.png");
  // What is changed in the dialog stays changed behind it.
  await inspector(page).getByRole("button", { name: "Model’s code" }).click();
  await expect(page).toHaveURL(/rule=processor/);
  const within = page.url();
  expect(within).not.toBe(before);
  await page.goBack();
  await expect(inspector(page)).toBeHidden();
  await expect(page).toHaveURL(within);
  await expect(card(page, "rgb.png")).toBeVisible();

  // One that is closed otherwise leaves no entry behind.
  await openPicker(page);
  await page.keyboard.press("Escape");
  await expect(picker(page)).toBeHidden();
  await page.getByRole("button", { name: "Share" }).click();
  const share = page.getByRole("dialog", { name: "Share these figures" });
  await expect(share).toBeVisible();
  await page.goBack();
  await expect(share).toBeHidden();
  await choose(page, "claude-opus-5");
  await expect(chosen(page)).toContainText("Claude Opus 5");
  await expect(page).toHaveURL(/claude-opus-5/);
  await expect(card(page, "rgb.png")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL("about:blank");
});

import { expect, test } from "@playwright/test";
import { box, card, fixture, open, pick, tab } from "./support.js";

const FILES = ["jpeg/baseline.jpg", "png/rgb.png", "refused/text.jpg"];

const NAMES = ["baseline.jpg", "rgb.png", "text.jpg"];

const names = (page) => page.locator(".card h3").allTextContents();

const toast = (page) => page.getByTestId("removed");

async function openWithThree(page) {
  await open(page);
  await pick(page, ...FILES.map(fixture));
  await expect(card(page, "text.jpg").getByRole("alert")).toBeVisible();
  await expect.poll(() => names(page)).toEqual(NAMES);
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

test("what was removed comes back to its place, step by step", async ({ page }) => {
  await openWithThree(page);
  await button(page, "Remove rgb.png").click();
  await expect(toast(page)).toContainText("rgb.png was removed.");
  await button(page, "Remove baseline.jpg").click();
  await expect(toast(page)).toContainText("baseline.jpg was removed. 1 more to undo.");
  await expect.poll(() => names(page)).toEqual(["text.jpg"]);
  await expect(button(page, "Remove text.jpg")).toBeFocused();
  const undo = toast(page).getByRole("button", { name: "Undo" });
  await undo.click();
  await undo.click();
  await expect.poll(() => names(page)).toEqual(NAMES);
  await expect(card(page, "rgb.png").getByTestId("published")).toHaveText("12");
  await expect(toast(page)).toBeEmpty();
});

test("all can be removed at once, and brought back by the keyboard, while a field keeps its own undo", async ({ page }) => {
  await openWithThree(page);
  await button(page, "Remove all").click();
  await expect(page.locator(".card")).toHaveCount(0);
  await expect(toast(page)).toContainText("3 items were removed.");
  await box(page).focus();
  await page.keyboard.press("Control+Z");
  await expect(page.locator(".card")).toHaveCount(0);
  await page.getByRole("button", { name: "Add", exact: true }).focus();
  await page.keyboard.press("Control+Z");
  await expect.poll(() => names(page)).toEqual(NAMES);
});

test("removal that is dismissed is over", async ({ page }) => {
  await openWithThree(page);
  await button(page, "Remove text.jpg").click();
  await toast(page).getByRole("button", { name: "Dismiss" }).click();
  await expect(toast(page)).toBeEmpty();
  await page.keyboard.press("Control+Z");
  await expect(page.locator(".card")).toHaveCount(2);
});

test("buttons move an item, keep the focus and say where it is", async ({ page }) => {
  await openWithThree(page);
  await expect(button(page, "Move baseline.jpg up")).toBeDisabled();
  await expect(button(page, "Move text.jpg down")).toBeDisabled();
  const down = button(page, "Move baseline.jpg down");
  await down.press("Enter");
  await expect(page.getByTestId("announcement")).toHaveText("baseline.jpg is now 2 of 3.");
  await expect(down).toBeFocused();
  await down.press("Enter");
  await expect.poll(() => names(page)).toEqual(["rgb.png", "text.jpg", "baseline.jpg"]);
  await expect(button(page, "Move baseline.jpg up")).toBeFocused();
  // The snippet sends them in that order.
  await tab(page, "Code");
  await expect(page.getByTestId("code")).toHaveText(/rgb\.png[\s\S]*baseline\.jpg/);
});

test("an item is dragged to another's place", async ({ page }) => {
  // All in sight: no scrolling while the button is down.
  await page.setViewportSize({ width: 1440, height: 2000 });
  await openWithThree(page);
  await card(page, "text.jpg").locator(".grip").dragTo(card(page, "baseline.jpg").locator(".open"), { targetPosition: { x: 20, y: 20 } });
  await expect.poll(() => names(page)).toEqual(["text.jpg", "baseline.jpg", "rgb.png"]);
});

test("those whose headers are still being read can be dropped at once", async ({ page, baseURL }) => {
  await page.route("**/slow-*.png", () => {});
  await openWithThree(page);
  const address = page.getByLabel("URL of a photo or video");
  for (const name of ["slow-1.png", "slow-2.png"]) {
    await address.fill(`${baseURL}/${name}`);
    await address.press("Enter");
  }
  await expect(page.getByText("3 of 5 headers read")).toBeVisible();
  await page.locator(".media").getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => names(page)).toEqual(NAMES);
});

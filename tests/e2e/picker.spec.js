import { expect, test } from "@playwright/test";
import { axeFindings, choose, chosen, fixture, open, openPicker, option, pasteSample, pick, picker, tab, watchTasks } from "./support.js";

const options = (page) => page.locator(".option");
const active = (page) => picker(page).locator('[aria-selected="true"]');

test("nothing of the list is there before it is opened, and nothing after", async ({ page }) => {
  await open(page);
  await expect(options(page)).toHaveCount(0);
  await openPicker(page);
  await expect(options(page).nth(100)).toBeAttached();
  await expect(option(page, "moonshotai/Kimi-K2.6")).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(options(page)).toHaveCount(0);
  await expect(chosen(page)).toBeFocused();
  await expect(chosen(page)).toContainText("Kimi K2.6");
});

test("a model is found and chosen by keyboard alone, and the field says which one the keys are at", async ({ page }) => {
  await open(page);
  await chosen(page).focus();
  await page.keyboard.press("Enter");
  const field = picker(page).getByRole("combobox");
  await expect(field).toBeFocused();
  await expect(active(page)).toContainText("Kimi K2.6");
  await page.keyboard.type("claude opus");
  const first = active(page);
  await expect(first).toContainText("Claude Opus");
  const name = await first.locator("strong").textContent();
  await page.keyboard.press("ArrowDown");
  await expect(active(page).locator("strong")).not.toHaveText(name);
  await expect(field).toHaveAttribute("aria-activedescendant", await active(page).getAttribute("id"));
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(active(page).locator("strong")).toHaveText(name);
  await page.keyboard.press("Enter");
  await expect(picker(page)).toBeHidden();
  await expect(chosen(page)).toContainText(name);
});

test("the keys go to the last option and stay in sight", async ({ page }) => {
  await open(page);
  await openPicker(page);
  await expect(options(page).nth(100)).toBeAttached();
  for (let index = 0; index < 30; index += 1) await page.keyboard.press("PageDown");
  await expect(options(page).last()).toHaveAttribute("aria-selected", "true");
  await expect(active(page)).toBeInViewport();
});

test("without files each model has its prices, with files what the request costs under it", async ({ page }) => {
  await open(page);
  await openPicker(page);
  await expect(option(page, "moonshotai/Kimi-K2.6")).toContainText("$0.95 in · $4.00 out");
  await page.keyboard.press("Escape");
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("answer-usd")).toHaveText("$0.0024 to $0.0092");
  await openPicker(page);
  await expect(option(page, "moonshotai/Kimi-K2.6")).toContainText("$0.0024 to $0.0092");
  await expect(option(page, "claude-opus-5")).toContainText(/exact\$0\.0\d{3}$/);
  await option(page, "claude-opus-5").click();
  await expect(page.getByTestId("answer-usd")).not.toContainText("to");
});

test("models that were switched off stand behind the others, and say so with the day", async ({ page }) => {
  await open(page);
  await openPicker(page);
  const baseten = picker(page).getByRole("group", { name: "Baseten" });
  const texts = await baseten.getByRole("option").allTextContents();
  const over = texts.map((text) => text.includes("switched off"));
  expect(over.lastIndexOf(false)).toBeLessThan(over.indexOf(true));
  await expect(option(page, "moonshotai/Kimi-K2.6")).toContainText("switched off 16 Oct 2026");
});

test("a model of one's own endpoint is typed, and its figures say what is not known", async ({ page }) => {
  await open(page);
  const field = await openPicker(page);
  await field.fill("my own/vision 1");
  await expect(options(page).filter({ visible: true })).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(chosen(page)).toContainText("my own/vision 1");
  await expect(chosen(page)).toContainText("Not in the catalogue");
  await tab(page, "Code");
  await expect(page.getByTestId("code")).toContainText('"my own/vision 1"');
  await openPicker(page);
  await expect(option(page, "my own/vision 1")).toContainText("price not known");
});

test("the list opens as soon as it is loaded, where it is asked for before", async ({ page }) => {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route("**/split_lazy.wasm", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto("/");
  await chosen(page).click();
  await expect(chosen(page)).toHaveAttribute("aria-busy", "true");
  await expect(picker(page)).toHaveCount(0);
  release();
  await expect(picker(page).getByRole("combobox")).toBeFocused();
  await expect(chosen(page)).not.toHaveAttribute("aria-busy");
});

test("with many files the page does not stand still while the list opens and is searched", async ({ page }) => {
  await open(page);
  await pick(page, ...Array.from({ length: 60 }, () => fixture("jpeg/baseline.jpg")));
  await expect(page.getByTestId("answer-files")).toHaveText("60 files");
  const wentOn = await watchTasks(page);
  const field = await openPicker(page);
  await expect(options(page).nth(100)).toBeAttached();
  await field.pressSequentially("gpt-5");
  await expect(option(page, "moonshotai/Kimi-K3")).toBeHidden();
  await wentOn("the list of models");
});

for (const [width, colorScheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]]) {
  test(`axe finds nothing in the list of models at ${width} pixels, ${colorScheme}, and a finger hits each option`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    await open(page);
    await pasteSample(page, "landscape.jpg");
    await expect(page.getByTestId("published")).toHaveCount(1);
    await openPicker(page);
    await expect(options(page).nth(100)).toBeAttached();
    expect(await axeFindings(page)).toEqual([]);
    const sizes = await picker(page).locator("[role=option], button, input").evaluateAll((all) => all.map((it) => it.getBoundingClientRect().height));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44);
    const over = await picker(page).evaluate((dialog) => [document.documentElement.scrollWidth - window.innerWidth, dialog.scrollWidth - dialog.clientWidth]);
    expect(Math.max(...over)).toBeLessThanOrEqual(0);
  });
}

test("a choice in the list is one of the address and of the tabs", async ({ page }) => {
  await open(page);
  await choose(page, "gpt-4o");
  await expect(page).toHaveURL(/model=gpt-4o/);
  await tab(page, "Cost");
  await expect(page.getByTestId("detail")).toBeVisible();
});

import { expect, test } from "@playwright/test";
import { axeFindings, comeToRest, fixture, open, openCost, pasteSample, pick } from "./support.js";

const compare = (page) => page.getByText("Compare models and rules").click();
const imagine = (page) => page.getByText("What if they were smaller").click();
const rows = (page) => page.getByTestId("comparison").locator("tbody tr");
const outcome = (page) => page.getByTestId("what-if");
const dollars = (text) => Number(text.replace(/[$,]/g, ""));

test("models of any provider stand beside the chosen one, the cheapest first", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await compare(page);
  await page.getByTestId("compared-with").selectOption("anthropic");
  await expect(rows(page).filter({ hasText: "Claude Opus 5" }).first()).toContainText("exact");
  await expect(rows(page).filter({ hasText: "chosen" })).toHaveCount(1);
  const costs = (await rows(page).locator("td:nth-of-type(1)").allTextContents()).map(dollars);
  expect(costs).toEqual(costs.toSorted((one, other) => one - other));
  await page.getByTestId("compared-with").selectOption("");
  await expect(rows(page).nth(50)).toBeVisible();
  for (const row of await rows(page).all()) {
    await expect(row.locator("li a").first()).toHaveAttribute("href", /^https:/);
    await expect(row.locator("li").first()).toHaveText(/^\S+, 20\d\d-\d\d-\d\d$/);
  }
  await rows(page).first().getByText("Sources").click();
  await expect(rows(page).first().getByRole("link").first()).toBeVisible();
});

test("the same request stands under every model and rule, once, a day and a month", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await expect(rows(page)).toHaveCount(0);
  await compare(page);
  await expect(rows(page).nth(10)).toBeVisible();
  const chosen = rows(page).filter({ hasText: "chosen" });
  await expect(chosen).toHaveCount(1);
  await expect(chosen.locator("td").first()).toHaveText(await page.getByTestId("total-usd").textContent());
  const [, day, month] = await chosen.locator("td").allTextContents();
  // Both are rounded to cents.
  expect(Math.abs(dollars(month) - 30 * dollars(day))).toBeLessThanOrEqual(0.15 + 0.005);
  await page.getByTestId("rule").selectOption("processor");
  await expect(chosen).toContainText("own processor");
});

test("bars are as long as what they stand for is dear", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await compare(page);
  await expect(rows(page).nth(10)).toBeVisible();
  await comeToRest(page);
  const widths = await rows(page).locator(".bar").evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
  const costs = (await rows(page).locator("td:nth-of-type(1)").allTextContents()).map((text) => (text.startsWith("$") ? dollars(text) : 0));
  const dearest = costs.indexOf(Math.max(...costs));
  for (const [index, cost] of costs.entries()) {
    expect(Math.abs(widths[index] / widths[dearest] - cost / costs[dearest])).toBeLessThan(0.05);
  }
});

test("twice the requests cost twice as much a day, and what is no number changes nothing", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await compare(page);
  const day = rows(page).first().locator("td").nth(1);
  await expect(day).toHaveText(/^\$/);
  const before = dollars(await day.textContent());
  const requests = page.getByTestId("requests-a-day");
  await expect(requests).toHaveValue("1000");
  await requests.fill("2000");
  await requests.blur();
  await expect.poll(async () => Math.abs(dollars(await day.textContent()) - 2 * before)).toBeLessThanOrEqual(0.015);
  await requests.fill("-5");
  await requests.blur();
  await expect(requests).toHaveValue("2000");
});

test("sliders say what smaller photos and more of them would cost, beside the present cost", async ({ page }) => {
  await open(page);
  await imagine(page);
  await expect(page.getByText("Add a photo or a video first.")).toBeVisible();
  await pick(page, fixture("png/rgb.png"));
  await expect(outcome(page)).toHaveCount(0);
  const now = await page.getByTestId("total-usd").textContent();
  const count = page.getByLabel("Photos", { exact: true });
  await expect(count).toHaveValue("1");
  await count.fill("96");
  await expect(outcome(page)).toContainText(`in place of ${now}`);
  await expect(outcome(page)).toContainText("a month at 1,000 requests a day");
  // The estimate itself stays what it was.
  await expect(page.getByTestId("total-usd")).toHaveText(now);
  const many = await outcome(page).locator("strong").textContent();
  await page.getByLabel("Size").fill("50");
  await expect(outcome(page).locator("strong")).not.toHaveText(many);
  await expect(page.getByText("50 % of each side")).toBeVisible();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(outcome(page)).toHaveCount(0);
  await expect(count).toHaveValue("1");
});

test("frames a second can be imagined of videos alone, by keyboard", async ({ page }) => {
  await open(page);
  await imagine(page);
  await pick(page, fixture("png/rgb.png"));
  await expect(page.getByLabel("Size")).toBeVisible();
  await expect(page.getByLabel("Frames a second", { exact: true })).toHaveCount(0);
  await pasteSample(page, "clip.mp4");
  const rate = page.getByLabel("Frames a second", { exact: true });
  await expect(rate).toHaveValue("2");
  await rate.press("ArrowLeft");
  await expect(rate).toHaveValue("1.75");
  await expect(outcome(page)).toBeVisible();
});

for (const [width, colorScheme] of [[390, "light"], [820, "dark"], [1440, "light"]]) {
  test(`axe finds nothing in comparison and sliders at ${width} pixels, ${colorScheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await open(page);
    await pasteSample(page, "clip.mp4");
    await expect(page.getByTestId("published")).toHaveCount(1);
    await openCost(page);
    await compare(page);
    await imagine(page);
    await page.getByLabel("Size").fill("50");
    await expect(outcome(page)).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
}

import { expect, test } from "@playwright/test";
import { axeFindings, chosen, fixture, open, pasteSample, pick, tab } from "./support.js";

const compare = (page) => tab(page, "Compare");
const imagine = async (page) => {
  await tab(page, "Cost");
  await page.getByText("What if they were smaller").click();
};
const rows = (page) => page.getByTestId("comparison").locator("tbody tr");
const cells = (page, name) => rows(page).locator(`td[data-name="${name}"]`);
const outcome = (page) => page.getByTestId("what-if");
/** The upper end of a range. */
const dollars = (text) => Number(text.split(" to ").at(-1).replace(/[<$,]/g, ""));

test("models of any provider stand beside the chosen one, the cheapest first by the most they may cost", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await compare(page);
  await page.getByTestId("compared-with").selectOption("anthropic");
  await expect(rows(page).filter({ hasText: "Claude Opus 5" }).first()).toContainText("exact");
  await expect(rows(page).filter({ hasText: "chosen" })).toHaveCount(1);
  await page.getByTestId("compared-with").selectOption("");
  await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
  await expect(rows(page).nth(50)).toBeVisible();
  const costs = (await rows(page).filter({ hasNotText: /Would be refused|not all files/ }).locator("td.dollars").allTextContents()).filter((text) => text !== "–").map(dollars);
  expect(costs.length).toBeGreaterThan(40);
  expect(costs).toEqual(costs.toSorted((one, other) => one - other));
  for (const row of await rows(page).all()) {
    await expect(row.locator("li a").first()).toHaveAttribute("href", /^https:/);
    await expect(row.locator("li").first()).toHaveText(/^\S+, \d+\s[A-Z][a-z]+\s20\d\d$/);
  }
  await rows(page).first().getByText("Sources").click();
  await expect(rows(page).first().getByRole("link").first()).toBeVisible();
});

test("the same request stands under every model once, as a range where rules differ, and a row chooses its model", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await compare(page);
  await expect(rows(page).nth(10)).toBeVisible();
  const own = rows(page).filter({ hasText: "chosen" });
  await expect(own).toHaveCount(1);
  await expect(own.locator("td.dollars")).toHaveText(await page.getByTestId("answer-usd").textContent());
  await expect(own.locator("td").nth(1)).toHaveText(await page.getByTestId("answer-tokens").textContent());
  await expect(rows(page).filter({ hasText: /sees [\d,]+ × [\d,]+/ }).first()).toBeVisible();
  const first = rows(page).first();
  const name = await first.getByRole("button").textContent();
  await first.getByRole("button", { name }).press("Enter");
  await expect(first).toContainText("chosen");
  await expect(chosen(page)).toContainText(name);
});

test("columns are picked: a request, tokens, a month", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await compare(page);
  await expect(cells(page, "A month")).toHaveCount(0);
  await page.getByRole("button", { name: "A month" }).click();
  await page.getByRole("button", { name: "Tokens", exact: true }).click();
  await expect(cells(page, "A month").first()).toBeVisible();
  await expect(cells(page, "Tokens")).toHaveCount(0);
  await expect(page.getByRole("columnheader")).toHaveText(["Model", "A request", "A month"]);
});

test("bars end at the powers of ten that their dollars are of", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await compare(page);
  await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
  await expect(rows(page).nth(50)).toBeVisible();
  const bars = await rows(page).locator(".bar-share").evaluateAll((bars) => bars.map((bar) => Number(getComputedStyle(bar).getPropertyValue("--high"))));
  const costs = (await rows(page).locator("td.dollars").allTextContents()).map((text) => (text === "–" ? 0 : dollars(text)));
  const marks = await page.locator(".axis span").allTextContents();
  const [first, last] = [marks.at(0), marks.at(-1)].map((mark) => Math.log10(dollars(mark)));
  expect(marks.length).toBe(last - first + 1);
  for (const [index, cost] of costs.entries()) {
    const share = cost === 0 ? 0 : (Math.log10(cost) - first) / (last - first);
    // What is written has four decimals.
    if (cost === 0 || cost > 0.001) expect(Math.abs(bars[index] - share)).toBeLessThan(0.02);
  }
});

test("twice the requests cost twice as much a month, and what is no number changes nothing", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await compare(page);
  await page.getByRole("button", { name: "A month" }).click();
  const month = cells(page, "A month").first();
  await expect(month).toHaveText(/^\$/);
  const before = dollars(await month.textContent());
  const requests = page.getByTestId("requests-a-day");
  await expect(requests).toHaveValue("1000");
  await requests.fill("2000");
  await requests.blur();
  await expect.poll(async () => Math.abs(dollars(await month.textContent()) - 2 * before)).toBeLessThanOrEqual(0.015);
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
  await page.getByLabel("Size", { exact: true }).fill("50");
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
  await expect(page.getByLabel("Size", { exact: true })).toBeVisible();
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
    await compare(page);
    await expect(rows(page).first()).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    await imagine(page);
    await page.getByLabel("Size", { exact: true }).fill("50");
    await expect(outcome(page)).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
}

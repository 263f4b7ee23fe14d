import { expect, test } from "@playwright/test";
import { answerWith, box, boxesAtEnd, card, converse, fixture, open, pasteSample, pick, useOwnOrigin } from "./support.js";

const SAMPLES = { Photo: "landscape.jpg", "Phone photo": "phone.jpg", Screenshot: "screenshot.png", Video: "clip.mp4" };

/** What the four steps say, from pixels to dollars. */
const steps = (page) => page.getByTestId("breakdown").getByRole("listitem");

test("one click on a sample shows what it costs", async ({ page }) => {
  await open(page);
  for (const [label, file] of Object.entries(SAMPLES)) {
    await page.getByRole("button", { name: label, exact: true }).click();
    await expect(card(page, file).getByTestId("published")).toHaveText(/^[\d,]+$/);
  }
  await expect(page.locator(".card")).toHaveCount(4);
});

test("a sample that cannot be loaded says so", async ({ page }) => {
  await open(page);
  await page.route("**/samples/landscape.jpg", (route) => route.abort());
  await page.getByRole("button", { name: "Photo", exact: true }).click();
  await expect(card(page, "landscape.jpg").getByRole("alert")).toContainText("could not be loaded");
});

test("four steps lead from pixels to dollars, at first for an example", async ({ page }) => {
  await open(page);
  await expect(page.getByText("For example, a phone’s photo")).toBeVisible();
  // 4032 / 14 is 288 and 3024 / 14 is 216, of which the product is 62,208: at $0.95 a million that is $0.0591.
  await expect(steps(page)).toHaveText([
    "4,032 × 3,024pixels",
    "288 × 216tiles of 14 × 14 pixels",
    "62,208tokens, one a tile",
    "$0.0591at $0.95 a million",
  ]);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByText("Why landscape.jpg costs what it costs")).toBeVisible();
  await expect(steps(page).nth(1)).toHaveText("114 × 85tiles of 14 × 14 pixels");
  await expect(steps(page).nth(3)).toContainText(await card(page, "landscape.jpg").getByTestId("usd").textContent());
  await page.getByTestId("rule").selectOption("processor");
  await expect(steps(page).nth(2)).toContainText(await card(page, "landscape.jpg").getByTestId("processor").textContent());
});

test("what would be refused of the list is named beside the sum, the first of many", async ({ page }) => {
  await open(page);
  const named = page.locator(".cost-body").getByText("Kimi K2.6 does not take bmp.");
  await pick(page, fixture("png/rgb.png"), fixture("bmp/1x1.bmp"));
  await expect(named).toHaveText("Refused: 1x1.bmp: Kimi K2.6 does not take bmp. Convert it to one of png, jpeg, webp, gif.");
  for (const name of ["alpha-16-bit", "bmp2", "2-bit", "1x70000"]) await pick(page, fixture(`bmp/${name}.bmp`));
  await expect(named).toHaveCount(3);
  await expect(page.getByText("2 more would be refused: see their cards in the list.")).toBeVisible();
});

for (const width of [820, 1440]) {
  test(`what it costs stays in sight at a width of ${width}, however far one scrolls`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    for (let index = 0; index < 4; index += 1) await pasteSample(page, "landscape.jpg");
    await expect(page.getByTestId("published")).toHaveCount(4);
    await page.evaluate(() => window.scrollTo(0, document.querySelector(".media").offsetHeight - 600));
    await expect(page.getByTestId("total-usd")).toBeInViewport();
  });
}

test("on a phone the cost is a bar at the foot, which opens and closes by keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await pasteSample(page, "landscape.jpg");
  const bar = page.getByRole("button", { name: "9,704 tokens" });
  await expect(bar).toBeInViewport({ ratio: 1 });
  await expect(bar).toHaveText("$0.00929,704 tokensSee the note");
  await expect(page.getByTestId("model")).toBeHidden();
  await bar.press("Enter");
  await expect(bar).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByTestId("model")).toBeVisible();
  await page.getByTestId("rule").focus();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("model")).toBeHidden();
  await expect(bar).toBeFocused();
});

test("on a phone nothing at the end of the page lies under the bar", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await converse(page, "Anything?");
  const [bar, end] = await boxesAtEnd(page, page.locator(".cost-bar"), page.locator("main"));
  expect(end.y + end.height).toBeLessThanOrEqual(bar.y);
  await expect(box(page)).toBeEnabled();
});

test("the request can be copied as JSON, with the file named in place of its data", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await page.getByText("The same request as code").click();
  await page.getByRole("button", { name: "JSON" }).click();
  const body = JSON.parse(await page.getByTestId("code").textContent());
  expect(body.messages[0].content[0]).toEqual({ type: "text", text: "Describe what you see." });
  expect(JSON.stringify(body)).toContain("data:image/jpeg;base64,<base64 of landscape.jpg>");
});

test("an answer of thousands of words is drawn once a frame, not once a word", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  const words = Array.from({ length: 4_000 }, (_, index) => `word${index} `);
  await answerWith(page, ...words.map((content) => ({ choices: [{ index: 0, delta: { content } }] })));
  await page.evaluate(() => {
    window.drawn = 0;
    const note = () => {
      window.drawn += 1;
    };
    new MutationObserver(note).observe(document.querySelector(".conversation"), { childList: true, subtree: true });
  });
  await converse(page, "Much?");
  await expect(page.getByTestId("answer")).toContainText("word0 word1 ");
  await expect(page.getByTestId("answer")).toContainText("word3999");
  expect(await page.evaluate(() => window.drawn)).toBeLessThan(words.length / 4);
});

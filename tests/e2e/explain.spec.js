import { expect, test } from "@playwright/test";
import {
  ALL_PIECES,
  ask,
  axeFindings,
  box,
  card,
  countBy,
  fixture,
  holdPieces,
  inspect,
  open,
  pasteSample,
  pick,
  SOME_PIECES,
  status,
  tab,
  useOwnOrigin,
} from "./support.js";

const dialog = (page) => page.getByRole("dialog");
const steps = (page) => page.getByTestId("steps").getByRole("listitem");

test("each figure of a photo opens the arithmetic that leads to it, with its sources", async ({ page }) => {
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  const figures = card(page, "rgb.png");
  for (const rule of ["published", "processor"]) {
    await countBy(page, rule);
    const figure = figures.getByTestId(rule);
    const tokens = await figure.textContent();
    await figure.getByRole("button").click();
    await expect(dialog(page)).toHaveAccessibleName("What rgb.png costs");
    await expect(steps(page).first()).toContainText("Stored");
    await expect(steps(page).filter({ hasText: "Tiles" })).toContainText(`= ${tokens} token`);
    await expect(dialog(page).getByRole("link").first()).toHaveAttribute("href", /^https:/);
    await expect(dialog(page)).toContainText(/The rule, read on \d+\s[A-Z][a-z]+\s2026/);
    await page.keyboard.press("Escape");
    await expect(dialog(page)).toBeHidden();
    await expect(figure.getByRole("button")).toBeFocused();
  }
  await pasteSample(page, "landscape.jpg");
  const usd = card(page, "landscape.jpg").getByTestId("usd");
  await expect(usd).toHaveText("$0.0024 to $0.0092");
  await usd.getByRole("button").click();
  // Both ends of the range, the chosen way of counting first.
  await expect(steps(page).filter({ hasText: "Price" })).toContainText(["= $0.0024", "= $0.0092"]);
});

test("the request's total is the sum of its parts", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await pasteSample(page, "clip.mp4");
  await expect(page.getByTestId("published")).toHaveCount(2);
  const [tokens, usd] = await Promise.all(["total-tokens", "total-usd"].map((id) => page.getByTestId(id).textContent()));
  await tab(page, "Cost");
  await page.getByTestId("total-usd").getByRole("button").click();
  await expect(dialog(page)).toHaveAccessibleName("What the request costs");
  const chosen = page.getByTestId("steps").first().getByRole("listitem");
  await expect(chosen.filter({ hasText: "Media" })).toContainText("of 2 images and videos");
  await expect(chosen.filter({ hasText: "Input" })).toContainText(`${tokens} tokens in all`);
  await expect(chosen.filter({ hasText: "Price" })).toContainText(`= ${usd}`);
  // However low the window is, and wherever one scrolls.
  await page.setViewportSize({ width: 390, height: 500 });
  const close = dialog(page).getByRole("button", { name: "Close" });
  await expect(close).toBeInViewport({ ratio: 1 });
  await dialog(page).evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
  await expect(close).toBeInViewport({ ratio: 1 });
  await close.click();
  await expect(dialog(page)).toBeHidden();
});

test("the explanation of a video goes by its frames, and follows the rule", async ({ page }) => {
  await open(page);
  await pasteSample(page, "clip.mp4");
  await card(page, "clip.mp4").getByTestId("published").getByRole("button").click();
  await expect(steps(page).filter({ hasText: "Sampled" })).toContainText("a second");
  await expect(steps(page).filter({ hasText: /^Frames/ })).toHaveCount(1);
  await page.mouse.click(4, 4);
  await expect(dialog(page)).toBeHidden();
  await card(page, "clip.mp4").getByTestId("processor").getByRole("button").click();
  await expect(steps(page).filter({ hasText: /^Chunks/ })).toHaveCount(1);
});

test("Escape closes the explanation, and does not stop the answer behind it", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await box(page).fill("Well?");
  const send = await holdPieces(page);
  await ask(page).click();
  await send(SOME_PIECES);
  await expect(page.getByTestId("answer")).toContainText("local");
  await page.getByTestId("answer-usd").getByRole("button").click();
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await send(ALL_PIECES);
  await expect(page.getByTestId("answer")).toContainText("Well?");
  await expect(status(page)).toContainText("Done");
});

for (const [width, colorScheme] of [[390, "light"], [1440, "dark"]]) {
  test(`axe finds nothing in an explanation at ${width} pixels, ${colorScheme}, and it scrolls in itself`, async ({ page }) => {
    await page.setViewportSize({ width, height: 500 });
    await page.emulateMedia({ colorScheme });
    await open(page);
    await pasteSample(page, "clip.mp4");
    await (await inspect(page, "clip.mp4")).getByTestId("processor").getByRole("button").click();
    const explanation = page.getByRole("dialog", { name: "What clip.mp4 costs" });
    await expect(explanation).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    const { width: shown, x } = await explanation.boundingBox();
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + shown).toBeLessThanOrEqual(width);
  });
}

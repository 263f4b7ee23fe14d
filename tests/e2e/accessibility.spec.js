import { expect, test } from "@playwright/test";
import { STATES } from "./states.js";
import { ask, axeFindings, box, countBy, open, pasteSample, status } from "./support.js";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

for (const width of [390, 820, 1440]) {
  test(`axe finds nothing in any state at a width of ${width}, light or dark`, async ({ page }) => {
    // A dozen runs of axe.
    test.slow();
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    for (const [state, reach] of Object.entries(STATES)) {
      await test.step(state, async () => {
        await page.emulateMedia({ colorScheme: "light" });
        await reach(page);
        expect.soft(await axeFindings(page, (axe) => axe.withTags(WCAG)), `${state}, light`).toEqual([]);
        // The scheme changes nothing but colours.
        await page.emulateMedia({ colorScheme: "dark" });
        expect.soft(await axeFindings(page, (axe) => axe.withRules(["color-contrast"])), `${state}, dark`).toEqual([]);
      });
    }
  });
}

test("at 400 % of 1280 pixels nothing has to be scrolled sideways", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await open(page);
  for (const [state, reach] of Object.entries(STATES)) {
    await reach(page);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(beyond, state).toBeLessThanOrEqual(0);
  }
});

for (const width of [390, 1440]) {
  test(`focus goes in the order of sight, and is seen, at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await pasteSample(page, "landscape.jpg");
    await expect(page.getByTestId("published")).toHaveCount(1);
    // The first stop of the page.
    await page.getByRole("button", { name: "Share", exact: true }).focus();
    const stops = [];
    for (let index = 0; index < 80; index += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === document.body) return undefined;
        // A field that is hidden for the eye is seen as its label.
        const seen = focused.labels?.[0] && focused.getBoundingClientRect().width < 2 ? focused.labels[0] : focused;
        const { x, y, width, height } = seen.getBoundingClientRect();
        const style = getComputedStyle(seen);
        const column = [...document.querySelectorAll("main section")].findIndex((section) => section.contains(focused));
        // A column that scrolls in itself has moved the stop, not put it elsewhere.
        const scrolled = window.scrollY + (focused.closest("main section")?.scrollTop ?? 0);
        return {
          name: focused.ariaLabel ?? focused.labels?.[0]?.textContent ?? focused.textContent,
          column,
          top: y + scrolled,
          left: x,
          height,
          inSight: width > 0 && y + height > 0 && y < window.innerHeight,
          marked: style.outlineStyle !== "none" || style.boxShadow !== "none",
        };
      });
      if (!stop) break;
      stops.push(stop);
    }
    expect(stops.length).toBeGreaterThan(8);
    expect(stops.filter(({ inSight, marked }) => !inSight || !marked).map(({ name }) => name)).toEqual([]);
    // Within a column a stop is below the one before, or beside it.
    const back = stops.filter((stop, index) => {
      const before = stops[index - 1];
      return before && before.column === stop.column && stop.top + stop.height <= before.top;
    });
    expect(back.map(({ name }) => name)).toEqual([]);
  });
}

test("with reduced motion nothing moves", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await countBy(page, "processor");
  const moving = await page.evaluate(() =>
    document.getAnimations().filter((animation) => animation.effect.getComputedTiming().activeDuration > 10).length,
  );
  expect(moving).toBe(0);
});

test("with forced colours every button and field keeps an edge", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  const bare = await page.evaluate(() =>
    [...document.querySelectorAll("button, select, textarea, input:not([type=file], [type=checkbox], [type=radio], [type=range])")]
      .filter((element) => element.checkVisibility() && parseFloat(getComputedStyle(element).borderTopWidth) === 0)
      .map((element) => element.ariaLabel ?? element.textContent),
  );
  expect(bare).toEqual([]);
});

test("a photo is asked about, its answer read and the photo removed by keyboard alone", async ({ page }) => {
  const reach = async (locator) => {
    for (let index = 0; index < 100; index += 1) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error("the keyboard does not get there");
  };
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await reach(box(page));
  await page.keyboard.press("Control+A");
  await page.keyboard.type("By keyboard?");
  await reach(ask(page));
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("answer")).toContainText("By keyboard?");
  await expect(status(page)).toContainText("Done");
  await pasteSample(page, "phone.jpg");
  await reach(page.getByRole("button", { name: "Remove phone.jpg" }));
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("published")).toHaveCount(0);
});

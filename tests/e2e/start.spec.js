import { expect, test } from "@playwright/test";
import { arrive } from "./support.js";

// The browser has kept nothing of the page.
test.use({ reuseContext: false });

/** What the browser says of a kind while the page starts. */
async function watch(page, type) {
  await page.addInitScript((type) => {
    window.entries = [];
    new PerformanceObserver((list) => window.entries.push(...list.getEntries())).observe({ type, buffered: true });
  }, type);
}

/** Until what is in sight is shown; what is observed is told a little later. */
async function settle(page) {
  const sample = page.getByRole("button", { name: "Photo", exact: true }).locator("img");
  await sample.evaluate((image) => image.decode());
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve))));
}

for (const [width, height] of [[360, 800], [390, 844], [412, 823]]) {
  test(`in a window of ${width} × ${height} the largest thing is text that is there before the program`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await watch(page, "largest-contentful-paint");
    await arrive(page);
    await settle(page);
    const largest = await page.evaluate(() => {
      const { element } = window.entries.at(-1);
      return { is: element.outerHTML, isInHeader: Boolean(element.closest("header")) };
    });
    expect(largest, largest.is).toMatchObject({ isInHeader: true });
  });
}

for (const [width, height] of [[390, 844], [820, 1180], [1440, 900]]) {
  test(`in a window of ${width} × ${height} nothing moves while the page starts`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await watch(page, "layout-shift");
    await arrive(page);
    if (width >= 960) await expect(page.getByTestId("comparison")).toBeVisible();
    await settle(page);
    const moved = await page.evaluate(() =>
      window.entries.map(({ value, sources }) => ({ value, what: sources.map(({ node }) => node?.nodeName) })),
    );
    expect(moved).toEqual([]);
  });
}

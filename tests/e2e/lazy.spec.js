import { expect, test } from "@playwright/test";
import { arrive, box, card, fixture, pick, tab } from "./support.js";

// The browser has kept nothing of the page.
test.use({ reuseContext: false });

const LAZY = "**/split_lazy.wasm";

test("on a phone a photograph has its figures before anything else is loaded", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const asked = [];
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(LAZY, async (route) => {
    asked.push(route.request().url());
    await released;
    await route.continue();
  });
  await arrive(page);
  await expect(page.getByTestId("answer-usd")).toBeInViewport();
  await page.waitForLoadState("networkidle");
  expect(asked).toEqual([]);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("40");
  expect(asked).toHaveLength(1);
  await expect(box(page)).toHaveCount(0);
  release();
  await tab(page, "Ask");
  await expect(box(page)).toBeVisible();
});

test("without a connection the figures come, the page says what is missing, and another try completes it", async ({ page }) => {
  await page.route(LAZY, (route) => route.abort());
  await arrive(page);
  await pick(page, fixture("jpeg/baseline.jpg"), fixture("tiff/little-endian.tiff"));
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("40");
  const missing = page.getByRole("alert");
  await expect(missing).toContainText("Check the connection");
  await expect(box(page)).toHaveCount(0);

  const again = missing.getByRole("button", { name: "Try again" });
  await again.click();
  await expect(missing).toBeVisible();

  // Whatever needs the rest tries by itself, too: the reading of the second file, which has failed by then.
  await page.waitForLoadState("networkidle");
  await page.unroute(LAZY);
  await again.click();
  await tab(page, "Ask");
  await expect(box(page)).toBeVisible();
  await expect(missing).toBeHidden();
  await expect(card(page, "little-endian.tiff").getByTestId("published")).toHaveText(/^[\d,]+$/);
});

test("a part of another version, which the host has since, is not run", async ({ page }) => {
  const thrown = [];
  page.on("pageerror", (error) => thrown.push(error.message));
  await page.route(LAZY, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    // Still a module: with a custom section more, of the name x and nothing else.
    await route.fulfill({ response, body: Buffer.concat([body, Buffer.from([0, 2, 1, 120])]) });
  });
  await arrive(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("40");
  await expect(page.getByRole("alert")).toContainText("newest version");
  await expect(box(page)).toHaveCount(0);
  expect(thrown).toEqual([]);
});

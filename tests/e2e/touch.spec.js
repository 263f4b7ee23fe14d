import { expect, test } from "@playwright/test";
import { card, comeToRest, fixture, open, pick, tab } from "./support.js";

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 }, reuseContext: false });

const FILES = ["jpeg/baseline.jpg", "png/rgb.png", "png/rgba.png"];

const names = (page) => page.locator(".card h3").allTextContents();

/** Drags with a finger, as a touch screen does. */
async function dragByFinger(page, from, to) {
  const devtools = await page.context().newCDPSession(page);
  const touch = (type, point) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints: point ? [point] : [] });
  const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
  const [start, end] = [middle(await from.boundingBox()), middle(await to.boundingBox())];
  await touch("touchStart", start);
  for (const share of [0.3, 0.7, 1]) {
    await touch("touchMove", { x: start.x + share * (end.x - start.x), y: start.y + share * (end.y - start.y) });
  }
  await expect(to).toHaveClass(/target/);
  await touch("touchEnd");
}

test("a finger drags an item of the list to another's place", async ({ page }) => {
  await open(page);
  await pick(page, ...FILES.map(fixture));
  await expect(page.getByTestId("published")).toHaveCount(3);
  await comeToRest(page);
  await page.locator(".cards").evaluate((list) => list.scrollIntoView({ block: "start", behavior: "instant" }));
  await dragByFinger(page, card(page, "rgb.png").locator(".grip"), card(page, "baseline.jpg"));
  await expect.poll(() => names(page)).toEqual(["rgb.png", "baseline.jpg", "rgba.png"]);
  await expect(page.getByTestId("announcement")).toHaveText("rgb.png is now 1 of 3.");
});

test("whatever a finger presses is 44 pixels high, on a tablet too", async ({ page }) => {
  await page.setViewportSize({ width: 820, height: 1180 });
  await open(page);
  await pick(page, ...FILES.map(fixture));
  await expect(page.getByTestId("published")).toHaveCount(3);
  for (const name of ["Cost", "Compare"]) {
    await tab(page, name);
    for (const closed of await page.locator("details:visible > summary").all()) await closed.click();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, summary, a")]
        // A figure in a line of text has an area of its own around it.
        .filter((element) => element.checkVisibility() && !element.matches(".explain, .visually-hidden"))
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => `${element.className} ${element.ariaLabel || element.textContent}`),
    );
    expect(small, name).toEqual([]);
  }
});

test("a finger drags an item of the grid to another's place", async ({ page }) => {
  await open(page);
  for (const file of FILES.slice(0, 2)) await pick(page, ...Array.from({ length: 6 }, () => fixture(file)));
  await expect(page.locator(".cards")).toHaveClass(/grid/);
  await expect.poll(() => page.getByTestId("published").count()).toBe(12);
  await page.getByRole("button", { name: "Dearest: baseline.jpg" }).click();
  await expect(page.getByRole("button", { name: "Inspect baseline.jpg" }).first()).toBeFocused();
  await page.locator(".cards").evaluate((list) => list.scrollIntoView({ block: "start", behavior: "instant" }));
  const cards = page.locator(".card");
  const grip = cards.nth(6).locator(".grip");
  const { width, height } = await grip.boundingBox();
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  await dragByFinger(page, grip, cards.nth(1));
  await expect.poll(async () => (await names(page)).indexOf("rgb.png")).toBe(1);
});

import { expect, test } from "@playwright/test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, box, card, fixture, open, photograph, pick, sentBodies, status, useOwnOrigin, watchTasks } from "./support.js";

const MAX_BODY_BYTES = 5_000_000;

let folder;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tilewise-"));
});

test.afterEach(() => {
  rmSync(folder, { recursive: true });
});

const fitAll = (page) => page.getByRole("button", { name: "Make it all fit" });
const runStatus = (page) => page.getByTestId("run-status");
const proposal = (page) => page.getByRole("group", { name: "Make it all fit" });
const openFit = (item) => item.locator(".fit summary").click();
const fitOne = (item) => item.getByRole("button", { name: "Make it fit" });

/** One of its sizes by the number of its step, as JPEG; what is drawn by a script would else become a PNG. */
async function fitTo(item, step) {
  await openFit(item);
  await item.getByRole("slider", { name: "Size" }).fill(step);
  await item.getByLabel("Format").selectOption("jpeg");
  await fitOne(item).click();
}

function copies(count) {
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `photo-${index}.jpg`);
    copyFileSync(photograph(), path);
    return path;
  });
}

test("a photograph too large for the body is made to fit, and what is downloaded is what is sent", async ({ page }) => {
  const bodies = await sentBodies(page);
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  await open(page);
  await useOwnOrigin(page);
  await pick(page, photograph());
  const photo = card(page, "photograph.jpg");
  await expect(page.getByText("The request body would be")).toBeVisible();
  await expect(photo.getByTestId("facts")).toContainText("orientation 6");
  await expect(proposal(page)).toContainText("photograph.jpg");
  await expect(proposal(page)).toContainText("to which the model scales it down anyway");
  await expect(ask(page)).toBeDisabled();
  expect(loaded.filter((url) => url.includes("/prepare/"))).toEqual([]);

  await fitAll(page).click();
  await expect(runStatus(page)).toHaveText("1 of 1 made to fit.", { timeout: 40_000 });
  await expect(photo.getByTestId("facts")).not.toContainText("orientation");
  await expect(photo.getByTestId("steps")).toContainText("rotated 90°, resized 3024×4032 → ");
  await expect(photo.getByTestId("compared")).toContainText("3024×4032");
  await expect(photo.locator(".violation")).toHaveCount(0);
  await expect(page.getByText("The request body would be")).toBeHidden();

  const downloading = page.waitForEvent("download");
  await photo.getByRole("link", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("photograph.jpg");
  const saved = readFileSync(await download.path());

  await ask(page).click();
  await expect(status(page).filter({ hasText: "Done" })).toBeVisible();
  const [body] = bodies;
  expect(JSON.stringify(body).length).toBeLessThanOrEqual(MAX_BODY_BYTES);
  const image = body.messages.at(-1).content.find((part) => part.type === "image_url");
  const [type, data] = image.image_url.url.split(",");
  expect(type).toBe("data:image/jpeg;base64");
  expect(Buffer.from(data, "base64").equals(saved)).toBe(true);
});

test("undo brings the original back, and other wishes start from it", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const photo = card(page, "6-megapixels.jpg");
  const facts = await photo.getByTestId("facts").textContent();
  await fitTo(photo, "3");
  await expect(photo.getByTestId("steps")).toContainText("resized 3000×2000 →", { timeout: 20_000 });
  const small = await photo.getByTestId("facts").textContent();
  await fitTo(photo, "30");
  await expect(photo.getByTestId("facts")).not.toHaveText(small);
  await expect(photo.getByTestId("steps")).toContainText("resized 3000×2000 →");

  await photo.getByRole("button", { name: "Undo" }).click();
  await expect(photo.getByTestId("facts")).toHaveText(facts);
  await expect(photo.getByTestId("steps")).toHaveCount(0);
});

test("the slider says what each size costs, and the photo then costs that", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const photo = card(page, "6-megapixels.jpg");
  const before = await photo.getByTestId("published").textContent();
  await openFit(photo);
  const slider = photo.getByRole("slider", { name: "Size" });
  await expect(slider).toHaveAttribute("aria-valuetext", new RegExp(`${before} tokens`));
  let tokens;
  for (const step of ["0", "7", "20"]) {
    await slider.fill(step);
    const spoken = await slider.getAttribute("aria-valuetext");
    const [, width, height, shown] = spoken.match(/(\d+)×(\d+) pixels, ([\d,]+) tokens/);
    // The published rule: one token for each whole tile of 14×14 pixels.
    tokens = Math.floor(width / 14) * Math.floor(height / 14);
    expect(shown).toBe(tokens.toLocaleString("en"));
    expect(spoken).toContain("$");
    await expect(photo.getByTestId("forecast")).toContainText(`→ ${width}×${height}`);
  }
  await photo.getByLabel("Format").selectOption("png");
  await fitOne(photo).click();
  const made = card(page, "6-megapixels.png");
  await expect(made.getByTestId("published")).toHaveText(tokens.toLocaleString("en"), { timeout: 20_000 });
  await expect(made.getByTestId("facts")).toContainText("PNG");
});

test("most kilobytes are kept to, and before and after stand side by side at their own pixels", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const photo = card(page, "6-megapixels.jpg");
  await openFit(photo);
  await photo.getByLabel("Format").selectOption("jpeg");
  await photo.getByLabel("Maximum kilobytes").fill("20");
  await expect(photo.getByTestId("forecast")).toContainText("as well as 20.0 KB allow");
  await fitOne(photo).click();
  const bytes = photo.getByTestId("compared").getByRole("row", { name: /^Bytes/ }).getByRole("cell").last();
  await expect(bytes).toHaveText(/^[\d.]+ KB$/, { timeout: 20_000 });
  expect(Number.parseFloat(await bytes.textContent())).toBeLessThanOrEqual(20);

  const panes = photo.locator(".pane");
  await expect(panes).toHaveCount(2);
  for (const image of await panes.locator("img").all()) {
    await expect.poll(() => image.evaluate((img) => img.complete && img.naturalWidth)).toBeTruthy();
    const { shown, own } = await image.evaluate((img) => ({
      shown: img.getBoundingClientRect().width * window.devicePixelRatio,
      own: img.naturalWidth,
    }));
    expect(Math.round(shown)).toBe(own);
  }
  const [first, second] = await panes.all();
  await first.focus();
  await first.evaluate((pane) => pane.scrollTo(pane.scrollWidth, pane.scrollHeight));
  const isAtEnd = (pane) => Math.abs(pane.scrollWidth - pane.clientWidth - pane.scrollLeft) <= 1;
  await expect.poll(() => second.evaluate(isAtEnd)).toBe(true);
});

test("twelve photographs are made to fit while the page stays smooth, and what is cancelled is untouched", async ({ page, context }) => {
  test.setTimeout(180_000);
  await open(page);
  await pick(page, ...copies(12));
  await expect(page.locator(".card")).toHaveCount(12);
  await expect(proposal(page).getByRole("listitem")).toHaveCount(12);
  const wentOn = await watchTasks(page);
  await fitAll(page).click();
  await expect(page.getByTestId("steps").first()).toBeAttached({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel all" }).click();
  await expect(runStatus(page)).toHaveText(/^\d+ of 12 made to fit; \d+ cancelled\.$/);
  const [made, cancelled] = (await runStatus(page).textContent()).match(/\d+ (?=of|cancelled)/g).map(Number);
  expect(made + cancelled).toBe(12);
  expect(made).toBeGreaterThan(0);
  expect(cancelled).toBeGreaterThan(0);
  await expect(page.getByText("Cancelled. The original is untouched.")).toHaveCount(cancelled);
  await expect(page.getByTestId("facts").filter({ hasText: "orientation 6" })).toHaveCount(cancelled);

  // Another tab in front does not hold it up.
  await fitAll(page).click();
  const other = await context.newPage();
  await other.bringToFront();
  await expect(runStatus(page)).toHaveText(/^(\d+) of \1 made to fit\.$/, { timeout: 120_000 });
  await other.close();
  await expect(page.getByText("The request body would be")).toBeHidden();
  await wentOn("12 photographs made to fit");
});

test("a photo that is cut off says so beside one that works", async ({ page }) => {
  const [cut, whole] = copies(2);
  truncateSync(cut, 3_000_000);
  await open(page);
  await pick(page, cut, whole);
  const damaged = card(page, "photo-0.jpg");
  const facts = await damaged.getByTestId("facts").textContent();
  await fitAll(page).click();
  await expect(runStatus(page)).toHaveText("1 of 2 made to fit; 1 could not be: their cards say why.", { timeout: 40_000 });
  await expect(damaged.getByRole("alert")).toHaveText("This jpeg is cut off inside its pixels. The original is untouched.");
  await expect(damaged.getByTestId("facts")).toHaveText(facts);
  await expect(card(page, "photo-1.jpg").getByTestId("steps")).toBeAttached();
  // What became of them is of no use once they are gone.
  await page.getByRole("button", { name: "Remove photo-0.jpg" }).click();
  await expect(runStatus(page)).toHaveText("");
});

test("a format without a decoder, a body that cannot fit and missing codecs say so", async ({ page }) => {
  await open(page);
  await page.route("**/prepare/prepare.js", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await pick(page, fixture("heic/alpha-and-thumbnail.heic"));
  const photo = card(page, "alpha-and-thumbnail.heic");
  await openFit(photo);
  await fitOne(photo).click();
  await expect(photo.getByRole("alert")).toContainText("The codecs could not be loaded");
  await expect(photo.getByRole("alert")).toContainText("The original is untouched.");

  await page.unroute("**/prepare/prepare.js");
  await page.reload();
  await pick(page, fixture("heic/alpha-and-thumbnail.heic"));
  await openFit(photo);
  await fitOne(photo).click();
  await expect(photo.getByRole("alert")).toContainText("Neither tilewise nor this browser decodes this heic: convert it to JPEG or PNG");

  await box(page).evaluate((field) => {
    field.value = "word ".repeat(1_100_000);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await expect(page.getByText("The request body cannot be made to fit")).toBeVisible();
  await expect(fitAll(page)).toHaveCount(0);
});

test("a photo is made to fit and undone by keyboard alone", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const photo = card(page, "6-megapixels.jpg");
  const facts = await photo.getByTestId("facts").textContent();
  await photo.getByRole("radio", { name: "In the request" }).focus();
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await press("Tab", "Enter");
  await expect(photo.getByRole("slider", { name: "Size" })).toBeVisible();
  await press("Tab", "Home", "ArrowRight", "ArrowRight", "Tab", "ArrowDown", "Tab", "Tab");
  await expect(fitOne(photo)).toBeFocused();
  await press("Enter");
  await expect(photo.getByRole("button", { name: "Undo" })).toBeFocused({ timeout: 20_000 });
  await expect(photo.getByTestId("facts")).not.toHaveText(facts);
  await press("Enter");
  await expect(photo.locator(".fit summary")).toBeFocused();
  await expect(photo.getByTestId("facts")).toHaveText(facts);
});

for (const [name, width] of [
  ["phone", 360],
  ["desktop", 1400],
]) {
  test(`what makes it fit is not cut off at the width of a ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await pick(page, fixture("jpeg/6-megapixels.jpg"));
    const photo = card(page, "6-megapixels.jpg");
    await fitTo(photo, "20");
    await expect(photo.locator(".pane")).toHaveCount(2, { timeout: 20_000 });
    await openFit(photo);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}

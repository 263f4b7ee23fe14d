import { expect, test } from "@playwright/test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ask,
  box,
  boxesOf,
  card,
  closeInspector,
  fixture,
  inspect,
  inspector,
  open,
  photograph,
  pick,
  sentBodies,
  status,
  tab,
  useOwnOrigin,
  watchTasks,
} from "./support.js";

const MAX_BODY_BYTES = 5_000_000;

let folder;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tilewise-"));
});

test.afterEach(() => {
  rmSync(folder, { recursive: true });
});

const fitAll = (page) => page.getByRole("button", { name: "Fix all" });
const runStatus = (page) => page.getByTestId("run-status");
const proposal = (page) => page.locator(".proposal");
const fitOne = (item) => item.getByRole("button", { name: "Resize & compress" });

/** One of its sizes by the number of its step, as JPEG; what is drawn by a script would else become a PNG. */
async function fitTo(item, step) {
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
  await expect(page.getByTestId("verdict")).toHaveText("Too large to send");
  await page.getByTestId("verdict").click();
  await expect(page.getByText("The request body would be")).toBeInViewport();
  await tab(page, "Ask");
  await expect(photo.getByTestId("facts")).toContainText("orientation 6");
  await expect(proposal(page)).toContainText("photograph.jpg");
  await expect(proposal(page)).toContainText("to which the model scales it down anyway");
  await expect(proposal(page)).toContainText("The smallest result: photograph.jpg becomes");
  await expect(proposal(page)).toContainText(/The whole request: [\d,]+ → at most [\d,]+ tokens, \$[\d.]+ → at most \$[\d.]+/);
  await expect(ask(page)).toBeDisabled();
  expect(loaded.filter((url) => url.includes("/prepare/"))).toEqual([]);

  await fitAll(page).click();
  await expect(runStatus(page)).toBeFocused();
  await expect(runStatus(page)).toHaveText("1 of 1 changed.", { timeout: 40_000 });
  const run = page.getByTestId("run");
  await expect(run.getByRole("link", { name: "Download photograph-fitted.jpg" })).toHaveAttribute("download", "photograph-fitted.jpg");
  await expect(run.getByRole("button", { name: "Undo", exact: true })).toBeVisible();
  await expect(photo.getByTestId("facts")).not.toContainText("orientation");
  await expect(photo.locator(".violation")).toHaveCount(0);
  const inspected = await inspect(page, "photograph.jpg", "Resize");
  await expect(inspected.getByTestId("steps")).toContainText("rotated 90°, resized 3024×4032 → ");
  await expect(inspected.getByTestId("compared")).toContainText("3,024 × 4,032");
  await expect(page.getByText("The request body would be")).toHaveCount(0);
  await expect(page.getByTestId("verdict")).not.toHaveText("Too large to send");

  const downloading = page.waitForEvent("download");
  await inspected.getByRole("link", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("photograph-fitted.jpg");
  const saved = readFileSync(await download.path());
  await closeInspector(page);

  await ask(page).click();
  await expect(status(page).filter({ hasText: "Done" })).toBeVisible();
  const [body] = bodies;
  // One part in twenty stays free.
  expect(JSON.stringify(body).length).toBeLessThanOrEqual(MAX_BODY_BYTES * 0.95);
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
  const inspected = await inspect(page, "6-megapixels.jpg", "Resize");
  await fitTo(inspected, "3");
  await expect(inspected.getByTestId("steps")).toContainText("resized 3000×2000 →", { timeout: 20_000 });
  const small = await photo.getByTestId("facts").textContent();
  // The form keeps what was asked for: pressed again, it does the same and undoes nothing.
  await expect(inspected.getByRole("slider", { name: "Size" })).toHaveValue("3");
  const again = inspected.getByTestId("steps");
  await again.evaluate((steps) => steps.setAttribute("data-before", ""));
  await fitOne(inspected).click();
  await expect(again).not.toHaveAttribute("data-before", "", { timeout: 20_000 });
  await expect(photo.getByTestId("facts")).toHaveText(small);
  await expect(inspected.getByRole("slider", { name: "Size" })).toHaveValue("3");
  await fitTo(inspected, "30");
  await expect(photo.getByTestId("facts")).not.toHaveText(small);
  await expect(inspected.getByTestId("steps")).toContainText("resized 3000×2000 →");

  await inspected.getByRole("button", { name: "Undo" }).click();
  await expect(photo.getByTestId("facts")).toHaveText(facts);
  await expect(inspected.getByTestId("steps")).toHaveCount(0);
});

test("the slider says what each size costs, and the photo then costs that", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const photo = card(page, "6-megapixels.jpg");
  const before = await photo.getByTestId("published").textContent();
  const inspected = await inspect(page, "6-megapixels.jpg", "Resize");
  const slider = inspected.getByRole("slider", { name: "Size" });
  await expect(slider).toHaveAttribute("aria-valuetext", new RegExp(`${before} tokens`));
  let tokens;
  for (const step of ["0", "7", "20"]) {
    await slider.fill(step);
    const spoken = await slider.getAttribute("aria-valuetext");
    const [, ...sides] = spoken.match(/([\d,]+) × ([\d,]+) pixels/);
    const [width, height] = sides.map((side) => side.replace(",", ""));
    const [, shown] = spoken.match(/ ([\d,]+) tokens/);
    // The published rule: one token for each whole tile of 14×14 pixels.
    tokens = Math.floor(width / 14) * Math.floor(height / 14);
    expect(shown).toBe(tokens.toLocaleString("en"));
    expect(spoken).toContain("$");
    await expect(inspected.getByTestId("forecast")).toContainText(`→ ${width}×${height}`);
  }
  await inspected.getByLabel("Format").selectOption("png");
  await fitOne(inspected).click();
  const made = card(page, "6-megapixels.png");
  await expect(made.getByTestId("published")).toHaveText(tokens.toLocaleString("en"), { timeout: 20_000 });
  await expect(made.getByTestId("facts")).toContainText("PNG");
});

test("most kilobytes are kept to, and before and after lie under one line that is moved", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const inspected = await inspect(page, "6-megapixels.jpg", "Resize");
  await expect(inspected.getByText("A preview of the size.")).toBeVisible();
  await inspected.getByLabel("Format").selectOption("jpeg");
  await inspected.getByLabel("Max size (KB)").fill("20");
  await expect(inspected.getByTestId("forecast")).toContainText("as well as 20.0 KB allow");
  await fitOne(inspected).click();
  const bytes = inspected.getByTestId("compared").getByRole("row", { name: /^Bytes/ }).getByRole("cell").last();
  await expect(bytes).toHaveText(/^[\d.]+ KB$/, { timeout: 20_000 });
  expect(Number.parseFloat(await bytes.textContent())).toBeLessThanOrEqual(20);

  // The same part of the photo, one over the other, and the line between them.
  const [before, after] = [inspected.getByAltText("Before", { exact: true }), inspected.getByAltText("After", { exact: true })];
  for (const image of [before, after]) await expect.poll(() => image.evaluate((img) => img.complete && img.naturalWidth)).toBeTruthy();
  const [one, other] = await boxesOf(page, before, after);
  expect(one).toEqual(other);
  const line = inspected.getByRole("slider", { name: "Line between before and after" });
  const cut = () => after.evaluate((image) => getComputedStyle(image).clipPath);
  expect(await cut()).toContain("50%");
  await line.focus();
  await page.keyboard.press("Home");
  await expect.poll(cut).toMatch(/ 0(%|px)?\)$|inset\(0px\)/);
});

test("a quality that is asked for is kept to", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const inspected = await inspect(page, "6-megapixels.jpg", "Resize");
  await inspected.getByLabel("Format").selectOption("png");
  await expect(inspected.getByLabel("Quality (1 to 100)")).toBeHidden();
  await inspected.getByLabel("Format").selectOption("jpeg");
  const size = async (quality) => {
    await inspected.getByLabel("Quality (1 to 100)").fill(quality);
    await fitOne(inspected).click();
    await expect(inspected.getByTestId("steps")).toContainText(`quality ${quality}`, { timeout: 20_000 });
    return inspected.getByTestId("compared").getByRole("row", { name: /^Bytes/ }).getByRole("cell").last().textContent();
  };
  const [low, high] = [await size("20"), await size("80")];
  expect(low).not.toBe(high);
});

test("twelve photographs are made to fit while the page stays smooth, and what is cancelled is untouched", async ({ page, context }) => {
  test.setTimeout(180_000);
  await open(page);
  await pick(page, ...copies(12));
  await expect(page.locator(".card")).toHaveCount(12);
  // One line for all, one for what it loses and one for what it saves.
  await expect(proposal(page).locator("li")).toHaveCount(3);
  await expect(proposal(page)).toContainText("12 photos");
  const wentOn = await watchTasks(page);
  await fitAll(page).click();
  await expect(page.getByText("Resized & compressed").first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel all" }).click();
  await expect(runStatus(page)).toHaveText(/^\d+ of 12 changed; \d+ cancelled\.$/);
  const [made, cancelled] = (await runStatus(page).textContent()).match(/\d+ (?=of|cancelled)/g).map(Number);
  expect(made + cancelled).toBe(12);
  expect(made).toBeGreaterThan(0);
  expect(cancelled).toBeGreaterThan(0);
  await expect(page.getByText("Resized & compressed", { exact: true })).toHaveCount(made);
  await expect(page.getByTestId("facts").filter({ hasText: "orientation 6" })).toHaveCount(cancelled);

  // Another tab in front does not hold it up.
  await fitAll(page).click();
  const other = await context.newPage();
  await other.bringToFront();
  await expect(runStatus(page)).toHaveText(/^(\d+) of \1 changed\.$/, { timeout: 120_000 });
  await other.close();
  await expect(page.getByText("The request body would be")).toHaveCount(0);
  await expect(page.getByTestId("verdict")).not.toHaveText("Too large to send");
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
  await expect(runStatus(page)).toHaveText("1 of 2 changed; 1 could not be: open them to see why.", { timeout: 40_000 });
  const inspected = await inspect(page, "photo-0.jpg", "Resize");
  await expect(inspected.getByRole("alert")).toHaveText("This jpeg is cut off inside its pixels. The original is untouched.");
  await closeInspector(page);
  await expect(damaged.getByTestId("facts")).toHaveText(facts);
  await expect(card(page, "photo-1.jpg")).toContainText("Resized & compressed");
  // What became of them is of no use once they are gone.
  await page.getByRole("button", { name: "Remove photo-0.jpg" }).click();
  await expect(runStatus(page)).toHaveText("");
});

test("a format without a decoder, a body that cannot fit and missing codecs say so", async ({ page }) => {
  await open(page);
  await page.route("**/prepare/prepare.js", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await pick(page, fixture("heic/alpha-and-thumbnail.heic"));
  const photo = await inspect(page, "alpha-and-thumbnail.heic", "Resize");
  await fitOne(photo).click();
  await expect(photo.getByRole("alert")).toContainText("The codecs could not be loaded");
  await expect(photo.getByRole("alert")).toContainText("The original is untouched.");

  await page.unroute("**/prepare/prepare.js");
  await page.reload();
  await pick(page, fixture("heic/alpha-and-thumbnail.heic"));
  await inspect(page, "alpha-and-thumbnail.heic", "Resize");
  await fitOne(photo).click();
  await expect(photo.getByRole("alert")).toContainText("Neither tilewise nor this browser decodes this heic: convert it to JPEG or PNG");

  await closeInspector(page);
  await box(page).evaluate((field) => {
    field.value = "word ".repeat(1_100_000);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await tab(page, "Cost");
  await expect(page.getByText("The request body cannot be made to fit")).toBeVisible();
  await expect(fitAll(page)).toHaveCount(0);
});

test("a photo is made to fit and undone by keyboard alone", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/6-megapixels.jpg"));
  const photo = card(page, "6-megapixels.jpg");
  const facts = await photo.getByTestId("facts").textContent();
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await page.getByRole("button", { name: "Inspect 6-megapixels.jpg" }).focus();
  await press("Enter");
  await inspector(page).getByRole("tab", { name: "Resize" }).focus();
  await press("Enter");
  await expect(inspector(page).getByRole("slider", { name: "Size" })).toBeVisible();
  await inspector(page).getByRole("slider", { name: "Line between" }).focus();
  await press("Tab", "Home", "ArrowRight", "ArrowRight", "Tab", "ArrowDown", "Tab", "Tab", "Tab");
  await expect(fitOne(inspector(page))).toBeFocused();
  await press("Enter");
  await expect(inspector(page).getByRole("link", { name: "Download" })).toBeFocused({ timeout: 20_000 });
  await expect(photo.getByTestId("facts")).not.toHaveText(facts);
  await press("Tab", "Enter");
  await expect(photo.getByTestId("facts")).toHaveText(facts);
  await press("Escape");
  await expect(inspector(page)).toBeHidden();
});

for (const [name, width] of [
  ["phone", 360],
  ["desktop", 1400],
]) {
  test(`what makes it fit is not cut off at the width of a ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await pick(page, fixture("jpeg/6-megapixels.jpg"));
    const inspected = await inspect(page, "6-megapixels.jpg", "Resize");
    await fitTo(inspected, "20");
    await expect(inspected.getByTestId("compared")).toBeVisible({ timeout: 20_000 });
    const overflow = await inspected.evaluate((dialog) => [document.documentElement.scrollWidth - window.innerWidth, dialog.scrollWidth - dialog.clientWidth]);
    expect(Math.max(...overflow)).toBeLessThanOrEqual(0);
  });
}

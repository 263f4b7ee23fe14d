import { expect, test } from "@playwright/test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, boxesAtEnd, boxesOf, card, choose, closeInspector, countBy, drop, fixture, inspect, open, pasteSample, pick, tab } from "./support.js";

let folder;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tilewise-"));
});

test.afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("files that are not images say so, and the others keep working", async ({ page }) => {
  const cut = join(folder, "cut.png");
  copyFileSync(fixture("png/rgb.png"), cut);
  truncateSync(cut, 20);
  await open(page);
  await page.getByLabel("Question").fill("Still here?");
  await pick(
    page,
    fixture("refused/text.jpg"),
    fixture("refused/empty.png"),
    cut,
    fixture("png/rgb.png"),
    fixture("png/claims-4-billion-pixels.png"),
  );
  await expect(card(page, "text.jpg").getByRole("alert")).toContainText("This is a text file");
  await expect(card(page, "empty.png").getByRole("alert")).toContainText("The file is empty.");
  await expect(card(page, "cut.png").getByRole("alert")).toContainText("The file ends after 20 bytes");
  await expect(card(page, "rgb.png").getByTestId("published")).toHaveText("12");
  await expect(card(page, "claims-4-billion-pixels.png").getByTestId("published")).toHaveText("21,911,761");
  await tab(page, "Cost");
  await expect(page.getByText("the model's context holds 262,000")).toBeVisible();

  await page.getByRole("button", { name: "Remove claims-4-billion-pixels.png" }).click();
  await expect(page.getByText("the model's context holds 262,000")).toBeHidden();
  await tab(page, "Ask");
  await expect(page.getByLabel("Question")).toHaveValue("Still here?");
  await expect(page.locator(".card")).toHaveCount(4);
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("Still here?");
});

test("the photos and videos of a dropped folder are listed, those of its folders too", async ({ page }) => {
  const album = join(folder, "album");
  mkdirSync(join(album, "2026"), { recursive: true });
  copyFileSync(fixture("png/rgb.png"), join(album, "2026", "b.png"));
  copyFileSync(fixture("png/rgb.png"), join(album, "a.heic"));
  writeFileSync(join(album, "notes.txt"), "no photo");
  await open(page);
  await drop(page, album, fixture("jpeg/baseline.jpg"));
  await expect(card(page, "b.png").getByTestId("processor")).toHaveText("6");
  await expect(card(page, "a.heic").getByTestId("processor")).toHaveText("6");
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("40");
  await expect(page.locator(".card")).toHaveCount(3);
});

test("a folder of more files than a browser hands over at once is listed by name", async ({ page }) => {
  const album = join(folder, "many");
  mkdirSync(album);
  for (let index = 0; index < 120; index += 1) {
    copyFileSync(fixture("png/rgb.png"), join(album, `${String(index).padStart(3, "0")}.png`));
  }
  await open(page);
  await drop(page, album);
  await expect(page.locator(".card")).toHaveCount(120);
  await expect(page.locator(".card h3").first()).toHaveText("000.png");
  await expect(page.locator(".card h3").last()).toHaveText("119.png");
});

test("a folder without photos says so, in its place", async ({ page }) => {
  const album = join(folder, "texts");
  mkdirSync(album);
  writeFileSync(join(album, "notes.txt"), "no photo");
  await open(page);
  await drop(page, album);
  await expect(card(page, "texts").getByRole("alert")).toContainText("no photos or videos");
});

test("200 files at once are all listed, and the limit is named", async ({ page }) => {
  const paths = Array.from({ length: 200 }, (_, index) => {
    const path = join(folder, `photo-${index}.png`);
    copyFileSync(fixture("png/rgb.png"), path);
    return path;
  });
  await open(page);
  await pick(page, ...paths);
  await expect(page.locator(".card")).toHaveCount(200);
  await tab(page, "Cost");
  await expect(page.getByText("200 images in one request; 96 are allowed.")).toBeVisible();
  await expect(page.getByTestId("total-tokens")).toHaveText("2,414");
});

test("a URL that cannot be read says why where it is typed, and stays to be corrected", async ({ page, baseURL }) => {
  await open(page);
  const address = page.getByLabel("URL of a photo or video");
  await address.fill("not a url");
  await address.press("Enter");
  const why = page.locator(".address").getByRole("alert");
  await expect(why).toContainText("not a URL: one begins with https://");
  await address.fill("http://example.com/cat.jpg");
  await expect(why).toBeHidden();
  await address.press("Enter");
  await expect(why).toHaveText("Only https: addresses can be read and sent.");
  await expect(address).toHaveValue("http://example.com/cat.jpg");
  await expect(page.locator(".card")).toHaveCount(0);
  await page.route("https://example.com/cat.jpg", (route) => route.abort());
  await address.fill("example.com/cat.jpg");
  await address.press("Enter");
  const remote = card(page, "https://example.com/cat.jpg").getByRole("alert");
  await expect(remote).toContainText("does not let pages read it (CORS)");
  await expect(remote).not.toContainText("Blob");
  await expect(address).toHaveValue("");
  await address.fill(`${baseURL}/nothing-here.png`);
  await address.press("Enter");
  await expect(card(page, `${baseURL}/nothing-here.png`).getByRole("alert")).toContainText("404");
});

test("a photo is read by its URL, and checked by the rules for URLs", async ({ page, baseURL }) => {
  await page.route("**/remote.png", (route) => route.fulfill({ path: fixture("png/rgb.png") }));
  await open(page);
  const address = page.getByLabel("URL of a photo or video");
  await address.fill(`${baseURL}/remote.png`);
  await address.press("Enter");
  const remote = card(page, `${baseURL}/remote.png`);
  await expect(remote.getByTestId("published")).toHaveText("12");
  await expect(remote).toContainText("https addresses only");
});

test("a photo is shown in its own proportions, with the grid exactly over it", async ({ page }) => {
  await open(page);
  for (const [width, height] of [
    [300, 400],
    [1080, 1920],
    [1600, 900],
  ]) {
    const name = `${width}x${height}.png`;
    await page.evaluate(
      async ([width, height, name]) => {
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width, height });
        const drawn = await new Promise((done) => canvas.toBlob(done));
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([drawn], name, { type: "image/png" }));
        window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
      },
      [width, height, name],
    );
    const inspected = await inspect(page, name);
    const stage = inspected.locator(".stage");
    await expect.poll(() => inspected.locator(".world").evaluate((world) => new DOMMatrix(getComputedStyle(world).transform).a)).not.toBe(1);
    const [box, tiles, outer] = await boxesOf(page, inspected.locator(".world"), stage.locator("canvas.lines"), stage);
    expect(box.width / box.height).toBeCloseTo(width / height, 1);
    expect([tiles.width, tiles.height]).toEqual([outer.width, outer.height]);
    await closeInspector(page);
  }
});

test("nothing is sent while a photo is still being read, and those that failed are named", async ({ page, baseURL }) => {
  let answer;
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  await page.route("**/slow.png", async (route) => {
    await held;
    await route.fulfill({ status: 404 });
  });
  await open(page);
  const address = page.getByLabel("URL of a photo or video");
  await address.fill(`${baseURL}/slow.png`);
  await address.press("Enter");
  await expect(page.getByText("A file of the list is still being read.")).toBeVisible();
  await expect(ask(page)).toBeDisabled();
  answer();
  await expect(page.getByText("One item of the list is not sent")).toBeAttached();
  await expect(ask(page)).toBeEnabled();
});

test("a photo can be pasted", async ({ page }) => {
  await open(page);
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(28, 28);
    canvas.getContext("2d").fillRect(0, 0, 28, 28);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], "pasted.png", { type: "image/png" }));
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  });
  await expect(card(page, "pasted.png").getByTestId("published")).toHaveText("4");
});

test("rule, model and detail change the figures", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  const usd = card(page, "baseline.jpg").getByTestId("usd");
  await expect(usd).toHaveText("$0.000014 to $0.000038");
  const inspected = await inspect(page, "baseline.jpg");
  await expect(inspected).toContainText("8 × 5 tiles");
  await countBy(page, "processor");
  await expect(inspected).toContainText("5 × 3 tiles");
  await closeInspector(page);
  await choose(page, "moonshotai/Kimi-K2.5");
  await tab(page, "Cost");
  await page.getByText("How sure is this?").click();
  await expect(page.locator(".notes li").first()).toBeVisible();
  await pasteSample(page, "landscape.jpg");
  await choose(page, "gpt-4o");
  await expect(page.getByTestId("published")).toHaveCount(2);
  const before = await page.getByTestId("total-tokens").textContent();
  await page.getByTestId("detail").selectOption("low");
  await expect(page.getByTestId("total-tokens")).not.toHaveText(before);
});

test("everything can be done by keyboard", async ({ page }) => {
  await open(page);
  const order = [];
  // The first stop of the page.
  await page.getByRole("button", { name: "Share", exact: true }).focus();
  for (let index = 0; index < 40; index += 1) {
    await page.keyboard.press("Tab");
    order.push(
      await page.evaluate(() => {
        const focused = document.activeElement;
        return focused.ariaLabel ?? focused.labels?.[0]?.textContent ?? focused.textContent;
      }),
    );
  }
  const stops = ["Model", "Drop photos or videos here", "URL of a photo or video", "Add", "Photo", "Video", "Width in pixels", "Count", "1080p", "Endpoint", "Question"];
  const seen = stops.map((stop) => order.findIndex((name) => name?.includes(stop)));
  expect(seen.every((index) => index >= 0), order.join(" | ")).toBe(true);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));

  await page.getByLabel("Question").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("By keyboard?");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("answer")).toContainText("By keyboard?");
});

for (const [name, width] of [
  ["phone", 360],
  ["tablet", 820],
  ["desktop", 1400],
]) {
  test(`nothing is cut off or covered at the width of a ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await pick(page, fixture("jpeg/baseline.jpg"), fixture("refused/text.jpg"));
    await expect(page.locator(".card")).toHaveCount(2);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);

    const regions = ["Photos and videos", "Figures"].map((name) => page.getByRole("region", { name, exact: true }));
    const [files, figures] = await boxesAtEnd(page, ...regions);
    const isBefore = (one, other) => one.x + one.width <= other.x || one.y + one.height <= other.y;
    expect(isBefore(files, figures), JSON.stringify({ files, figures })).toBe(true);
  });
}

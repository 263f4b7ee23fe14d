import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesOf, fixture, open, photograph, pick } from "./support.js";

let folder;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tilewise-"));
});

test.afterEach(() => {
  rmSync(folder, { recursive: true });
});

function copies(path, count) {
  return Array.from({ length: count }, (_, index) => {
    const copy = join(folder, `photo-${index}.jpg`);
    copyFileSync(path, copy);
    return copy;
  });
}

const rows = (page) => page.locator("[data-item]");

test("many files are announced in one sentence", async ({ page }) => {
  await open(page);
  const said = await changesOf(page, "[data-testid=announcement]");
  await pick(page, ...copies(fixture("jpeg/baseline.jpg"), 40), fixture("refused/text.jpg"));
  await expect(page.getByTestId("announcement")).toHaveText("41 files added. One could not be read.");
  expect(new Set(await said())).toEqual(new Set(["41 files added. One could not be read."]));
});

test("rows that are far from the window are not built, and are once they come near", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await open(page);
  await pick(page, ...copies(fixture("jpeg/baseline.jpg"), 90));
  await expect(rows(page)).toHaveCount(90);
  const first = rows(page).first().locator("img");
  const last = rows(page).last().locator("img");
  await expect(first).toBeVisible();
  await expect(last).toHaveCount(0);
  // On a phone a long list is folded, so that it does not bury what is said of it.
  await expect(rows(page).nth(12)).toBeHidden();
  await page.getByRole("button", { name: "Show all 90 files" }).click();
  await rows(page).last().scrollIntoViewIfNeeded();
  await expect(last).toBeVisible();
  await expect(first).toHaveCount(0);
});

test("the list shows small images, and never a whole photograph", async ({ page }) => {
  await open(page);
  await pick(page, photograph());
  const image = rows(page).locator("img");
  await expect(image).toBeVisible();
  const size = await image.evaluate(async (image) => {
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });
  // It is stored on its side.
  expect(size).toEqual([360, 480]);
});

test("photos that were made to fit are undone together, and are one file to download", async ({ page }) => {
  test.setTimeout(240_000);
  await open(page);
  await pick(page, ...copies(photograph(), 3));
  await page.getByTestId("fit-all").click();
  await expect(page.getByTestId("run-status")).toHaveText(/^3 of 3/, { timeout: 180_000 });

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download all 3 (zip)" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("fitted.zip");
  const list = "import sys, zipfile; zip = zipfile.ZipFile(sys.argv[1]); assert zip.testzip() is None; print(*zip.namelist())";
  const names = execFileSync(process.env.TILEWISE_PYTHON, ["-c", list, await download.path()], { encoding: "utf8" });
  expect(names.trim().split(" ")).toEqual(["photo-0-fitted.jpg", "photo-1-fitted.jpg", "photo-2-fitted.jpg"]);

  await page.getByRole("button", { name: "Undo all 3" }).click();
  await expect(page.getByTestId("fit-all")).toBeVisible();
  await expect(page.getByRole("button", { name: "Download all" })).toHaveCount(0);
});

import { expect, test } from "@playwright/test";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { open, pick } from "./support.js";

const COUNT = 96;
/** 9,690 tokens each, and those of the question. */
const TOTAL = /^930,2\d\d$/;
/** Not how long it takes, which depends on the machine, but that it is no second. */
const LONGEST_MS = 1_000;

test("96 photographs are inspected and counted without the page standing still", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "tilewise-"));
  const paths = Array.from({ length: COUNT }, (_, index) => {
    const path = join(folder, `landscape-${index}.jpg`);
    copyFileSync(resolve("../dist/samples/landscape.jpg"), path);
    return path;
  });
  await open(page);
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  await pick(page, ...paths);
  await expect(page.getByTestId("total-tokens")).toHaveText(TOTAL);
  rmSync(folder, { recursive: true });
  const tasks = await page.evaluate(() => window.tasks);
  const longest = Math.max(0, ...tasks);
  console.log(`${COUNT} photographs: ${tasks.length} tasks over 50 ms, the longest of ${longest} ms`);
  expect(longest).toBeLessThan(LONGEST_MS);
});

import { expect, test } from "@playwright/test";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { open, pick, watchTasks } from "./support.js";

const COUNT = 96;
/** 9,690 tokens each, and those of the question. */
const TOTAL = /^930,2\d\d$/;

test("96 photographs are inspected and counted without the page standing still", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "tilewise-"));
  const paths = Array.from({ length: COUNT }, (_, index) => {
    const path = join(folder, `landscape-${index}.jpg`);
    copyFileSync(resolve("../dist/samples/landscape.jpg"), path);
    return path;
  });
  await open(page);
  const wentOn = await watchTasks(page);
  await pick(page, ...paths);
  await expect(page.getByTestId("total-tokens")).toHaveText(TOTAL);
  rmSync(folder, { recursive: true });
  await wentOn(`${COUNT} photographs`);
});

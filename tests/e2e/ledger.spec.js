import { expect, test } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { answerAsUsual, ask, box, converse, fixture, neverEnd, open, pick, refuseWith, status, useOwnOrigin } from "./support.js";

const ledger = (page) => page.getByTestId("ledger");

/** A conversation with an answer, a failure, a stopped answer and another answer. */
async function quarrel(page) {
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("secret-key");
  await pick(page, fixture("png/rgb.png"));
  await converse(page, "A secret question?");
  await refuseWith(page, 500, "secret failure");
  await page.clock.install();
  await box(page).fill("Once more?");
  await ask(page).click();
  await page.clock.runFor(20_000);
  await expect(page.getByRole("alert")).toBeVisible();
  await page.clock.resume();
  await answerAsUsual(page);
  await neverEnd(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByTestId("answer").last()).toContainText("local");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(status(page)).toContainText("Stopped");
  await answerAsUsual(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(status(page)).toContainText("Done");
}

async function save(page, name) {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name }).click();
  const file = await download;
  return [file.suggestedFilename(), await readFile(await file.path(), "utf8")];
}

test("every request stays in the ledger, whatever came of it, and they are summed", async ({ page }) => {
  await quarrel(page);
  const rows = ledger(page).locator("tbody tr");
  await expect(rows.locator("td:last-child")).toHaveText(["done", "failed: refused", "stopped", "done"]);
  await expect(rows.nth(1)).toContainText(/at most \$0\.\d{4,6}/);
  await expect(rows.nth(2)).toContainText(/between .* and \$0\.\d{4,6}/);
  await expect(ledger(page).locator("tfoot")).toContainText("between");
});

test("a ledger is saved as JSON and CSV, without key, words or photos", async ({ page }) => {
  await quarrel(page);
  const revoked = page.evaluate(
    () =>
      new Promise((resolve) => {
        const revoke = URL.revokeObjectURL.bind(URL);
        URL.revokeObjectURL = (url) => {
          revoke(url);
          resolve(url);
        };
      }),
  );
  const [jsonName, json] = await save(page, "Save as JSON");
  expect(jsonName).toBe("tilewise-ledger.json");
  expect(await revoked).toMatch(/^blob:/);
  const [csvName, csv] = await save(page, "Save as CSV");
  expect(csvName).toBe("tilewise-ledger.csv");

  const { entries, sum } = JSON.parse(json);
  expect(entries.map((entry) => entry.outcome)).toEqual(["done", "http", "stopped", "done"]);
  expect(entries.map((entry) => entry.images)).toEqual([1, 1, 1, 1]);
  expect(sum.requests).toBe(4);
  const lines = csv.trimEnd().split("\r\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^number,sent,model,/);
  for (const secret of ["secret", "Once more", "rgb.png", "base64", "iVBOR", "tilewise endpoint"]) {
    expect(json).not.toContain(secret);
    expect(csv).not.toContain(secret);
  }
});

test("the demo's bills are marked as nothing that anyone paid", async ({ page }) => {
  await open(page);
  await converse(page, "Anyone?");
  await expect(ledger(page)).toContainText("offline-demo");
  await expect(page.getByRole("region", { name: "Ledger" })).toContainText("nothing was charged for them");
});

test("a ledger of five requests fits the width of a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await useOwnOrigin(page);
  for (let number = 1; number <= 5; number += 1) await converse(page, `Question ${number}`);
  await expect(ledger(page).locator("tbody tr")).toHaveCount(5);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const inside = await page.locator(".ledger .wide-table").evaluate((box) => box.scrollWidth - box.clientWidth);
  expect(inside).toBeLessThanOrEqual(0);
});

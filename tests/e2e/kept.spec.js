import { expect, test } from "@playwright/test";
import { createServer } from "node:http";
import { ask, box, card, choose, chosen, fixture, moveOver, open, openAsItIs, pasteSample, pick, tab, useOwnOrigin } from "./support.js";

const endpoint = (page) => page.getByTestId("endpoint");
const cors = (page) => page.getByTestId("cors");

test("a reload keeps endpoint and settings, and says that the files are gone", async ({ page, baseURL }) => {
  await open(page);
  await endpoint(page).selectOption("custom");
  await page.getByLabel("Base URL").fill(`${baseURL}/v1`);
  await choose(page, "claude-opus-5");
  await expect(page).toHaveURL(/claude-opus-5/);
  const before = page.url();
  await pick(page, fixture("png/rgb.png"), fixture("jpeg/baseline.jpg"));
  await expect(card(page, "rgb.png").getByTestId("usd")).toContainText("$");
  // It is written once nothing changes any more.
  await expect(page).not.toHaveURL(before);
  await page.reload();
  await moveOver(page);
  await expect(page.getByTestId("missing-files")).toContainText("The 2 files are gone");
  await expect(chosen(page)).toContainText("Claude Opus 5");
  await expect(endpoint(page)).toHaveValue("custom");
  await expect(page.getByLabel("Base URL")).toHaveValue(`${baseURL}/v1`);
  await page.getByRole("button", { name: "Remove these figures" }).click();
  await pick(page, fixture("png/rgb.png"));
  await expect(page.getByTestId("missing-files")).toHaveCount(0);
});

test("a size that is typed has its own words, also after a reload", async ({ page }) => {
  await openAsItIs(page);
  await page.getByRole("button", { name: "1080p", exact: true }).click();
  await page.getByRole("button", { name: "Count", exact: true }).click();
  const size = card(page, "1,920 × 1,080");
  const missing = page.getByTestId("missing-files");
  for (const [words, remove] of [
    ["These are sizes without files", "Remove these sizes"],
    ["kept from before", "Remove these figures"],
  ]) {
    await expect(size).toContainText("without a file");
    await expect(size.getByTestId("remark")).toHaveCount(0);
    await expect(size.locator(".violations")).not.toContainText("bytes");
    await expect(missing).toContainText(words);
    await expect(missing.getByRole("button", { name: remove })).toBeVisible();
    await expect(page).toHaveURL(/1920x1080/);
    await page.reload();
    await moveOver(page);
  }
});

test("a video that the model does not count has no price, and nothing calls it fine", async ({ page }) => {
  await openAsItIs(page);
  await pasteSample(page, "clip.mp4");
  await expect(card(page, "clip.mp4")).toContainText("count not known");
  await expect(page.getByTestId("answer-usd")).toHaveText("cost not known");
  await expect(page.getByTestId("verdict")).toHaveText(/^Not fully checked/);
  await expect(page.getByTestId("verdict")).not.toHaveClass(/ok/);
  await expect(page.getByTestId("answer-why")).toContainText("Compare");
  await tab(page, "Cost");
  await expect(page.getByText("For example, a phone’s photo")).toBeHidden();
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("answer-usd")).toHaveText(/^at least \$/);
  await expect(page.getByTestId("answer-files")).toHaveText("2 files, 1 not counted");
});

test("settings without a file survive a reload of an address that says nothing", async ({ page }) => {
  await openAsItIs(page);
  await choose(page, "claude-opus-5");
  await expect(page).toHaveURL(/#/);
  await page.evaluate(() => history.replaceState(null, "", "/"));
  await page.reload();
  await expect(chosen(page)).toContainText("Claude Opus 5");
  await expect(page.getByTestId("missing-files")).toHaveCount(0);
});

test("the base URL is there at the next visit, and the demo where none was chosen", async ({ page, baseURL }) => {
  await open(page);
  await expect(endpoint(page)).toHaveValue("demo");
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await endpoint(page).selectOption("custom");
  await page.getByLabel("Base URL").fill(`${baseURL}/v1`);
  await page.goto("about:blank");
  await open(page);
  await expect(page.getByLabel("Base URL")).toHaveValue(`${baseURL}/v1`);
});

test("an endpoint that answers nothing without a key is not asked without one", async ({ page }) => {
  await open(page);
  await endpoint(page).selectOption("baseten");
  await box(page).fill("Anyone there?");
  await expect(page.getByText("Enter an API key")).toBeVisible();
  await expect(ask(page)).toBeDisabled();
  await page.getByLabel("API key", { exact: true }).fill("test");
  await expect(ask(page)).toBeEnabled();
});

const askForModels = (page) => page.getByRole("button", { name: "Ask the endpoint for its models" }).click();

test("that Baseten lets a page read its answers is found out when it is asked, and said", async ({ page }) => {
  await open(page);
  await endpoint(page).selectOption("baseten");
  await expect(cors(page)).toContainText("it shows when you ask");
  await page.route("https://inference.baseten.co/**", (route) => route.fulfill({ status: 401, json: { error: { message: "no key" } } }));
  await askForModels(page);
  await expect(cors(page)).toContainText("Baseten answered, and let this page read it");
});

test("that an endpoint lets no page read its answers is told from one that is not there", async ({ page }) => {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await page.clock.install();
  await open(page);
  await endpoint(page).selectOption("custom");
  const address = page.getByLabel("Base URL");
  /** Skips the pauses between tries. */
  const askUntil = async (condition) => {
    await askForModels(page);
    await expect(async () => {
      await page.clock.fastForward(5_000);
      await expect(condition).toBeVisible({ timeout: 500 });
    }).toPass();
  };
  await address.fill(`http://127.0.0.1:${server.address().port}/v1`);
  await askUntil(cors(page).filter({ hasText: "is there, and does not let this page read its answers" }));
  server.close();
  await address.fill("http://127.0.0.1:9/v1");
  await askUntil(page.locator(".listing").getByRole("alert"));
  await expect(cors(page)).toHaveCount(0);
});

test("code for an endpoint of one's own asks for no key of Baseten", async ({ page, baseURL }) => {
  await open(page);
  await useOwnOrigin(page);
  await tab(page, "Code");
  await expect(page.getByTestId("code")).toContainText(`${baseURL}/v1`);
  await expect(page.getByTestId("code")).not.toContainText("BASETEN");
});

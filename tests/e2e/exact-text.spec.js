import { expect, test } from "@playwright/test";
import { axeFindings, box, choose, open, openCost, tab, violations } from "./support.js";

// The browser has kept nothing of the tokenizer.
test.use({ reuseContext: false });

const BINARY = "**/text/text.wasm";
const count = (page) => page.getByRole("button", { name: /^Count text exactly/ });
const text = (page) => page.getByTestId("text-tokens");
const total = (page) => page.getByTestId("total-tokens");

async function describe(page, model) {
  await open(page);
  await choose(page, model);
  await box(page).fill("Describe the image.");
  await page.getByLabel("Width in pixels").fill("224");
  await page.getByLabel("Height in pixels").fill("224");
  await page.getByRole("button", { name: "Count", exact: true }).click();
  await expect(page.locator(".card")).toHaveCount(1);
  await openCost(page);
}

test("text is counted by the model's own vocabulary, which nothing loads unasked", async ({ page }) => {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const seen = await violations(page);
  await describe(page, "moonshotai/Kimi-K2.5");
  await expect(text(page)).toHaveText(/^about \d+ for text$/);
  for (const name of ["Compare", "Ask", "Code", "Cost"]) await tab(page, name);
  expect(asked.filter((url) => url.includes("/text/"))).toEqual([]);
  await page.getByTestId("rule-processor").check();

  // What a host sends that compresses.
  await expect(count(page)).toHaveText(/loads 1\.\d\d MB/);
  await count(page).click();
  await expect(text(page)).toHaveText(/^\d+ for text, counted exactly$/);
  await expect(total(page)).toHaveText("81");
  await expect(count(page)).toHaveCount(0);
  expect(seen).toEqual([]);
  await page.getByTestId("total-usd").getByRole("button").click();
  await expect(page.getByTestId("steps").first()).toContainText("of text and its markup, counted exactly");
  await page.keyboard.press("Escape");

  // It goes with what is asked.
  await tab(page, "Ask");
  await box(page).fill("Describe the image. Describe the image.");
  await openCost(page);
  await expect(total(page)).toHaveText("85");
  await choose(page, "claude-opus-5");
  await expect(text(page)).toHaveText(/^about \d+ for text$/);
});

test("loading can be cancelled, and where it fails the page says so and tries again", async ({ page }) => {
  await page.route(BINARY, () => {});
  await describe(page, "moonshotai/Kimi-K3");
  await count(page).click();
  await expect(page.getByRole("progressbar", { name: "Tokenizer" })).toBeVisible();
  await page.locator(".total").getByRole("button", { name: "Cancel" }).click();
  await expect(count(page)).toBeVisible();

  await page.unroute(BINARY);
  await page.route(BINARY, (route) => route.abort());
  await count(page).click();
  const failure = page.locator(".total").getByRole("alert");
  await expect(failure).toContainText("The tokenizer could not be loaded");
  const again = page.locator(".total").getByRole("button", { name: "Try again" });
  await again.click();
  await expect(failure).toBeVisible();
  expect(await axeFindings(page)).toEqual([]);

  await page.unroute(BINARY);
  await again.click();
  await expect(text(page)).toHaveText(/counted exactly$/);
  await expect(failure).toHaveCount(0);
});

test("a script of the tokenizer that does not come can be tried again", async ({ page }) => {
  await page.route("**/text/text.js", (route) => route.abort());
  await describe(page, "moonshotai/Kimi-K2.6");
  await count(page).click();
  await expect(page.locator(".total").getByRole("alert")).toContainText("check the connection");
  await page.unroute("**/text/text.js");
  await page.locator(".total").getByRole("button", { name: "Try again" }).click();
  await expect(text(page)).toHaveText(/counted exactly$/);
});

test("a model of which no vocabulary is here has no such button", async ({ page }) => {
  await describe(page, "gpt-4o");
  await expect(total(page)).toBeVisible();
  await expect(count(page)).toHaveCount(0);
});

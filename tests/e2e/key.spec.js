import { expect, test } from "@playwright/test";
import { ask, box, converse, open, status, tab, useOwnOrigin } from "./support.js";

// Nothing of one test may be there in another.
test.use({ reuseContext: false });

const keep = (page) => page.getByLabel("Store the key in this browser");

/** All that outlives the page, and its address. */
const kept = (page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));

test("a key is sent to the endpoint and stored nowhere", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("secret-key");
  const request = page.waitForRequest("**/v1/chat/completions");
  await ask(page).click();
  expect((await request).headers()["authorization"]).toBe("Bearer secret-key");
  await expect(status(page)).toContainText("Done");
  expect(await kept(page)).not.toContain("secret-key");
  await page.reload();
  await useOwnOrigin(page);
  await expect(page.getByLabel("API key")).toHaveValue("");
});

test("a key goes nowhere while the address is not one", async ({ page }) => {
  const posts = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posts.push(request.url());
  });
  await open(page);
  await page.getByTestId("endpoint").selectOption("custom");
  await page.getByLabel("API key").fill("secret-key");
  for (const address of ["", "example.com/v1", "api.example.com:8443/v1"]) {
    await page.getByLabel("Base URL").fill(address);
    await expect(page.getByText("must begin with https:// or http://")).toBeVisible();
    await expect(ask(page)).toBeDisabled();
    await box(page).press("Control+Enter");
  }
  expect(posts).toEqual([]);
});

test("a key is there for the origin that it was typed for, and goes to no other", async ({ page, baseURL }) => {
  const elsewhere = "https://models.example";
  const seen = [];
  await page.route(`${elsewhere}/**`, async (route) => {
    seen.push((await route.request().allHeaders()).authorization);
    await route.fulfill({ json: { object: "list", data: [] }, headers: { "access-control-allow-origin": "*" } });
  });
  await open(page);
  await useOwnOrigin(page);
  const key = page.getByLabel("API key", { exact: true });
  await key.fill("secret-key");
  await keep(page).check();
  await page.getByTestId("endpoint").selectOption("custom");
  const address = page.getByLabel("Base URL");
  await address.fill(`${elsewhere}/v1`);
  await expect(key).toHaveValue("");
  await expect(keep(page)).not.toBeChecked();
  await page.getByRole("button", { name: "Ask the endpoint for its models" }).click();
  await expect(page.getByTestId("listed")).toHaveText("It lists no models.");
  expect(seen).toEqual([undefined]);
  await page.getByTestId("endpoint").selectOption("baseten");
  await expect(key).toHaveValue("");

  // Another path of the same origin is the same endpoint.
  await page.getByTestId("endpoint").selectOption("custom");
  await address.fill(`${baseURL}/other/v1`);
  await expect(key).toHaveValue("secret-key");
  await address.fill(`${elsewhere}/v1`);
  await page.reload();
  await tab(page, "Ask");
  await expect(key).toHaveValue("");
  await address.fill(`${baseURL}/v1`);
  await expect(key).toHaveValue("secret-key");
});

test("a key is kept in the browser only while that is asked for, with a warning", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("secret-key");
  expect(await kept(page)).not.toContain("secret-key");
  await expect(page.getByText("Do not use this on a shared computer")).toBeHidden();
  await keep(page).check();
  await expect(page.getByText("Do not use this on a shared computer")).toBeVisible();
  expect(await kept(page)).toContain("secret-key");
  await page.getByLabel("API key").fill("other-key");
  expect(await kept(page)).not.toContain("secret-key");

  await page.reload();
  await useOwnOrigin(page);
  await expect(page.getByLabel("API key")).toHaveValue("other-key");
  await expect(keep(page)).toBeChecked();

  await keep(page).uncheck();
  expect(await kept(page)).not.toContain("other-key");
  await expect(page.getByLabel("API key")).toHaveValue("other-key");
  await page.reload();
  await useOwnOrigin(page);
  await expect(page.getByLabel("API key")).toHaveValue("");
});

test("a key that the browser does not store stays in memory, and the page says so", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("secret-key");
  await keep(page).click();
  await expect(page.getByRole("alert")).toContainText("the key stays in memory");
  await expect(keep(page)).not.toBeChecked();
  await expect(page.getByLabel("API key")).toHaveValue("secret-key");
});

test("a key that no header can hold is refused before anything is sent", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("ключ");
  await box(page).fill("Hello?");
  await ask(page).click();
  await expect(page.getByRole("alert")).toContainText("a character that a header cannot hold");
  await expect(page.getByTestId("spent")).toContainText("it was not sent");
  await expect(page.getByTestId("ledger").locator("tbody")).toContainText("$0.0000");
  await expect(box(page)).toHaveValue("Hello?");
});

test("a kept key stands in no address, no code and no conversation", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("secret-key");
  await keep(page).check();
  await converse(page, "Hello?");
  await tab(page, "Code");
  for (const language of ["Python", "JavaScript", "cURL"]) {
    await page.getByRole("button", { name: language, exact: true }).click();
    await expect(page.getByTestId("code")).not.toContainText("secret-key");
  }
  await tab(page, "Ask");
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).not.toContain("secret-key");
  expect(addresses.join()).not.toContain("secret-key");
  expect(await page.locator("body").innerHTML()).not.toContain("secret-key");
});

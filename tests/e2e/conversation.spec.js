import { expect, test } from "@playwright/test";
import { answerWith, ask, card, drop, fixture, open, photograph, pick, sentBodies, useOwnOrigin } from "./support.js";

test("a small picture is sent as base64 and its answer streams in", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("40");
  await expect(card(page, "baseline.jpg").getByTestId("processor")).toHaveText("15");
  await useOwnOrigin(page);
  await page.getByLabel("Question").fill("Which colours are these?");
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("Which colours are these?");
  await expect(page.getByRole("status")).toContainText("Done");
  await expect(page.getByTestId("bill")).toContainText("Tokens");
  const [body] = bodies;
  expect(body.messages[0].content[1].image_url.url).toMatch(/^data:image\/jpeg;base64,\/9j\//);
  expect(body.stream_options).toEqual({ include_usage: true });
  await expect(page.getByText("follows the model's own processor")).toBeVisible();
});

test("a photograph of 12 megapixels is inspected from kilobytes, flagged, and sent by URL", async ({ page }) => {
  const path = photograph();
  const bodies = await sentBodies(page);
  await open(page);
  await drop(page, path);
  const photo = card(page, "photograph.jpg");
  await expect(photo).toContainText("4032×3024");
  await expect(photo).toContainText(/· (\d\.\d KB|\d+ B) read/);
  await expect(photo).toContainText("will not see it upright");
  await expect(photo.getByTestId("published")).toHaveText("62,208");
  await expect(photo.getByTestId("processor")).toHaveText("4,144");
  await expect(page.getByText("The request body would be")).toBeVisible();
  await expect(ask(page)).toBeDisabled();

  await photo.getByLabel("By URL").check();
  await expect(page.getByText("What goes by URL has no URL yet")).toBeVisible();
  await expect(ask(page)).toBeDisabled();
  await photo.getByLabel("Where the endpoint can fetch this picture").fill("https://example.com/photograph.jpg");
  await expect(page.getByText("The request body would be")).toBeHidden();
  await useOwnOrigin(page);
  await ask(page).click();
  await expect(page.getByRole("status")).toContainText("Done");
  const parts = bodies[0].messages[0].content;
  expect(parts[1].image_url).toEqual({ url: "https://example.com/photograph.jpg", detail: "auto" });
});

test("the offline demo says that it is no model, and nothing leaves the page", async ({ page, baseURL }) => {
  const elsewhere = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(baseURL) && !url.startsWith("blob:") && !url.startsWith("data:")) elsewhere.push(url);
  });
  await open(page);
  await page.waitForLoadState("networkidle");
  const later = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("blob:")) later.push(request.url());
  });
  await pick(page, fixture("png/rgb.png"));
  await page.getByLabel("Question").fill("Anyone there?");
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("This is the offline demo, not a model.");
  await expect(page.getByTestId("answer")).toContainText("Anyone there?");
  await expect(page.getByRole("status")).toContainText("Done");
  expect(elsewhere).toEqual([]);
  expect(later).toEqual([]);
});

test("an answer can be stopped, and keeps what came", async ({ page }) => {
  await open(page);
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("offline");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("status")).toContainText("Stopped");
  await expect(page.getByTestId("answer")).toContainText("offline");
  await expect(ask(page)).toBeEnabled();
});

test("a failed request says why and loses nothing", async ({ page }) => {
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  await useOwnOrigin(page);
  await page.getByLabel("Question").fill("Keep me.");
  await page.route("**/v1/chat/completions", (route) =>
    route.fulfill({ status: 401, contentType: "application/json", body: '{"error":{"message":"no such key"}}' }),
  );
  await ask(page).click();
  await expect(page.getByRole("alert")).toContainText("answered 401: no such key");
  await expect(page.getByLabel("Question")).toHaveValue("Keep me.");
  await expect(card(page, "rgb.png")).toBeVisible();

  await page.unroute("**/v1/chat/completions");
  await ask(page).click();
  await expect(page.getByRole("status")).toContainText("Done");
  await expect(page.getByRole("alert")).toBeHidden();
});

test("Markdown of an answer cannot load, run or leave", async ({ page }) => {
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  await open(page);
  await useOwnOrigin(page);
  const content = [
    "**bold** <img src=x onerror=alert(1)>",
    "![tracker](https://evil.invalid/pixel.png)",
    "[run](javascript:alert(1)) [go](https://example.com/) <script>alert(1)</script>",
    "<svg onload=alert(1)>",
  ].join("\n\n");
  await answerWith(page, { choices: [{ index: 0, delta: { content }, finish_reason: "stop" }] });
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs += 1;
    return dialog.dismiss();
  });
  await ask(page).click();
  const answer = page.getByTestId("answer");
  await expect(answer.locator("strong")).toHaveText("bold");
  await expect(answer.locator("img, script, svg, iframe")).toHaveCount(0);
  await expect(answer.getByText("run")).toHaveAttribute("href", "#");
  await expect(answer.getByRole("link", { name: "go" })).toHaveAttribute("rel", /noopener/);
  expect(dialogs).toBe(0);
  expect(loaded.filter((url) => url.includes("evil"))).toEqual([]);
});

test("a key is sent to the endpoint and stored nowhere", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await page.getByLabel("API key").fill("secret-key");
  const request = page.waitForRequest("**/v1/chat/completions");
  await ask(page).click();
  expect((await request).headers()["authorization"]).toBe("Bearer secret-key");
  await expect(page.getByRole("status")).toContainText("Done");
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  expect(kept).not.toContain("secret-key");
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
    await page.getByLabel("Question").press("Control+Enter");
  }
  expect(posts).toEqual([]);
});

test("the request can be copied as code that names the file", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  await page.getByText("The same request as code").click();
  for (const [tab, text] of [
    ["Python", 'data_url("rgb.png", "image/png")'],
    ["JavaScript", 'dataUrl("rgb.png", "image/png")'],
    ["cURL", "base64 < 'rgb.png'"],
  ]) {
    await page.getByRole("button", { name: tab, exact: true }).click();
    await expect(page.getByTestId("code")).toContainText(text);
    await page.getByRole("button", { name: "Copy" }).click();
    await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(text);
  }
});

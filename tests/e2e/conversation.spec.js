import { expect, test } from "@playwright/test";
import {
  ALL_PIECES,
  answerAsUsual,
  answerWith,
  ask,
  box,
  card,
  changesOf,
  closeInspector,
  converse,
  drop,
  fixture,
  holdPieces,
  holdRequests,
  inspect,
  neverEnd,
  open,
  photograph,
  pick,
  refuseWith,
  sentBodies,
  SOME_PIECES,
  status,
  tab,
  turns,
  useOwnOrigin,
} from "./support.js";

test("a small photo is sent as base64 and its answer streams in", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("40");
  await expect(card(page, "baseline.jpg").getByTestId("processor")).toHaveText("15");
  await useOwnOrigin(page);
  await page.getByLabel("Question").fill("Which colours are these?");
  const send = await holdPieces(page);
  await ask(page).click();
  await send(SOME_PIECES);
  await expect(page.getByTestId("answer")).toContainText("local");
  await expect(page.getByTestId("answer")).not.toContainText("Which colours are these?");
  await send(ALL_PIECES);
  await expect(page.getByTestId("answer")).toContainText("Which colours are these?");
  await expect(page.getByRole("status")).toContainText("Done");
  await expect(page.getByTestId("bill")).toContainText("Tokens");
  const [body] = bodies;
  expect(body.messages[0].content[1].image_url.url).toMatch(/^data:image\/jpeg;base64,\/9j\//);
  expect(body.stream_options).toEqual({ include_usage: true });
  await expect(page.getByText("follows the model’s code")).toBeVisible();
});

test("a photograph of 12 megapixels is inspected from kilobytes, flagged, and sent by URL", async ({ page }) => {
  const path = photograph();
  const bodies = await sentBodies(page);
  await open(page);
  await drop(page, path);
  const photo = card(page, "photograph.jpg");
  await expect(photo).toContainText("4,032 × 3,024");
  await expect(photo).toContainText(/· read (\d\.\d KB|\d+ B) of it/);
  await expect(photo).toContainText("not seen upright");
  await expect(photo.getByTestId("published")).toHaveText("62,208");
  await expect(photo.getByTestId("processor")).toHaveText("4,144");
  await expect(page.getByTestId("verdict")).toHaveText("Too large to send");
  await expect(page.getByText("The request body would be")).toBeAttached();
  await expect(ask(page)).toBeDisabled();

  const inspected = await inspect(page, "photograph.jpg");
  await inspected.getByLabel("By URL").check();
  await expect(page.getByText("An item that goes by URL has no URL yet")).toBeVisible();
  await expect(ask(page)).toBeDisabled();
  await inspected.getByLabel("Where the endpoint can fetch this photo").fill("https://example.com/photograph.jpg");
  await closeInspector(page);
  await expect(page.getByText("The request body would be")).toHaveCount(0);
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
    // Chromium looks at the page's icon again whenever the page writes its figures into its address. The worker for small
    // images is a file of the page.
    const own = ["/icon.svg", "/workers/thumbnails.js"].map((path) => baseURL + path);
    if (!request.url().startsWith("blob:") && !own.includes(request.url())) later.push(request.url());
  });
  await pick(page, fixture("png/rgb.png"));
  await page.getByLabel("Question").fill("Anyone there?");
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("This is the offline demo: no model is running.");
  await expect(page.getByTestId("answer")).toContainText("Anyone there?");
  await expect(page.getByRole("status")).toContainText("Done");
  expect(elsewhere).toEqual([]);
  expect(later).toEqual([]);
  // What it said goes with the next question.
  const canned = page.getByText("The demo’s canned answers are in this conversation");
  await expect(canned).toBeHidden();
  await useOwnOrigin(page);
  await expect(canned).toBeVisible();
});

test("a question stays in the box until its answer is complete, and then is sent with each later one", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await box(page).fill("First?");
  const release = await holdRequests(page);
  await ask(page).click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeEnabled();
  await expect(box(page)).toHaveValue("First?");
  await expect(card(page, "baseline.jpg")).toBeVisible();
  release();
  await expect(status(page)).toContainText("Done");

  await expect(box(page)).toHaveValue("");
  await expect(box(page)).toBeFocused();
  await expect(page.locator(".card")).toHaveCount(0);
  await expect(turns(page)).toHaveCount(1);
  await expect(turns(page).getByRole("listitem").filter({ hasText: "baseline.jpg" }).locator("img")).toBeVisible();
  await expect(page.getByTestId("earlier")).toHaveText("40 tokens of earlier photos and videos are sent and paid again: $0.000038");
  await expect(ask(page)).toBeDisabled();
  await expect(page.getByText("Write a question, or add")).toBeVisible();

  await pick(page, fixture("png/rgb.png"));
  await converse(page, "Second?");
  await expect(turns(page)).toHaveCount(2);
  await expect(page.getByTestId("earlier")).toContainText("52 tokens of earlier");
  const [first, second] = bodies;
  expect(first.messages).toHaveLength(1);
  expect(second.messages.map((message) => message.role)).toEqual(["user", "assistant", "user"]);
  expect(second.messages[0]).toEqual(first.messages[0]);
  expect(second.messages[1].content).toContain("The local tilewise endpoint answers");
  expect(second.messages[2].content[0].text).toBe("Second?");
  expect(second.messages[2].content[1].image_url.url).toMatch(/^data:image\/png;base64,iVBOR/);
});

test("what is written while an answer streams is not taken away", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await box(page).fill("First?");
  const send = await holdPieces(page);
  await ask(page).click();
  await send(SOME_PIECES);
  await expect(page.getByTestId("answer")).toContainText("local");
  await pick(page, fixture("png/rgb.png"));
  await box(page).fill("Next?");
  await send(ALL_PIECES);
  await expect(status(page)).toContainText("Done");
  await expect(box(page)).toHaveValue("Next?");
  await expect(card(page, "rgb.png")).toBeVisible();
});

test("reasoning is folded, and the whole answer is spoken once", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  const spoken = await changesOf(page, ".conversation > [aria-live=polite]");
  await converse(page, "Well?");
  await expect.poll(spoken).not.toEqual([]);
  const [answer, ...more] = await spoken();
  expect(answer).toContain("The local tilewise endpoint answers: no model has looked at this.");
  expect(answer).toContain("Well?");
  expect(more).toEqual([]);
  const thought = page.getByText("There is no model here, so there is nothing to think about.");
  await expect(thought).toBeHidden();
  await page.getByText("Reasoning", { exact: true }).click();
  await expect(thought).toBeVisible();
});

test("an answer that is stopped keeps what came, and can be taken into the history", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("png/rgb.png"));
  const question = `Stop me.${"\nA long question.".repeat(60)}`;
  await box(page).fill(question);
  await neverEnd(page);
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("local");
  await expect(page.getByTestId("turn")).toBeInViewport();
  // A long question is folded, and the way to stop stays in sight.
  await expect(page.getByRole("button", { name: "Show all of the question" })).toHaveAttribute("aria-expanded", "false");
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await expect(page.getByRole("button", { name: "Stop" })).toBeInViewport({ ratio: 1 });
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(status(page)).toContainText("Stopped");
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveValue(question);
  await expect(card(page, "rgb.png")).toBeVisible();
  await expect(page.getByTestId("answer")).toContainText("local");
  await expect(page.getByTestId("spent")).toHaveText(
    /^Stopped after .* it may have cost between <?\$0\.\d{4,6} and \$0\.\d{4,6}: it was stopped before the bill came$/,
  );

  await answerAsUsual(page);
  await page.getByRole("button", { name: "Keep this part" }).click();
  await expect(box(page)).toHaveValue("");
  await expect(page.locator(".card")).toHaveCount(0);
  await converse(page, "Go on.");
  expect(bodies[1].messages[1].content).toMatch(/^\*\*The local/);
  expect(bodies[1].messages[0].content[1].image_url.url).toMatch(/^data:image\/png/);
});

test("an answer that is stopped can be asked for again, and what came of it stays readable", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  await box(page).fill("Again?");
  await neverEnd(page);
  await ask(page).click();
  await expect(page.getByTestId("answer")).toContainText("local");
  await page.keyboard.press("Escape");
  await expect(status(page)).toContainText("Stopped");
  await box(page).fill("Something else.");
  await answerAsUsual(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(status(page)).toContainText("Done");
  await expect(turns(page)).toHaveCount(1);
  expect(bodies[1]).toEqual(bodies[0]);
  await expect(box(page)).toHaveValue("Something else.");
  await page.getByText("An earlier, incomplete answer").click();
  await expect(page.locator(".attempt").getByText("The local")).toBeVisible();
});

test("a failed request says why and what to do, and loses nothing", async ({ page }) => {
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  await useOwnOrigin(page);
  await box(page).fill("Keep me.");
  await refuseWith(page, 401, "no such key");
  await ask(page).click();
  await expect(page.getByRole("alert")).toContainText("answered 401: no such key. Check the API key");
  await expect(box(page)).toHaveValue("Keep me.");
  await expect(box(page)).toBeFocused();
  await expect(card(page, "rgb.png")).toBeVisible();
  const detail = page.getByText('{"error":{"message":"no such key"}}');
  await expect(detail).toBeHidden();
  await page.getByText("What the endpoint said").click();
  await expect(detail).toBeVisible();

  await answerAsUsual(page);
  await ask(page).click();
  await expect(status(page)).toContainText("Done");
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(turns(page)).toHaveCount(1);
});

test("a failed request is sent again as it was, with the key of now", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  await useOwnOrigin(page);
  await refuseWith(page, 401, "no such key");
  await box(page).fill("Keep me.");
  await ask(page).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await answerAsUsual(page);
  await page.getByLabel("API key").fill("fixed");
  const request = page.waitForRequest("**/v1/chat/completions");
  await page.getByRole("button", { name: "Retry" }).click();
  expect((await request).headers()["authorization"]).toBe("Bearer fixed");
  await expect(status(page)).toContainText("Done");
  expect(bodies[1]).toEqual(bodies[0]);
  await expect(box(page)).toHaveValue("");
});

test("a server that hides its answer is explained with the ways out", async ({ page, baseURL }) => {
  await open(page);
  await page.getByTestId("endpoint").selectOption("custom");
  // The same server under another name is another origin, and it does not let other origins read.
  await page.getByLabel("Base URL").fill(`${baseURL.replace("127.0.0.1", "localhost")}/v1`);
  await box(page).fill("Hello?");
  await ask(page).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Access-Control-Allow-Origin", { timeout: 15_000 });
  await expect(alert).toContainText("docs/proxy.md");
  await expect(box(page)).toHaveValue("Hello?");
});

test("the page says what an answer costs while it streams, and its bill in parts afterwards", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await box(page).fill("How much?");
  await neverEnd(page);
  await ask(page).click();
  await expect(page.getByTestId("spent")).toContainText(/About <?\$0\.\d{4,6} so far, by estimate/);
  await page.getByRole("button", { name: "Stop" }).click();
  await answerAsUsual(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(status(page)).toContainText("Done");
  await expect(page.getByTestId("spent")).toContainText(/it cost <?\$0\.\d{4,6}$/);
  const bill = page.getByTestId("bill");
  for (const part of ["Photos and videos", "Text", "Input in all", "Output", "reasoning"]) {
    await expect(bill.getByRole("rowheader", { name: part, exact: true })).toBeVisible();
  }
  await expect(bill.getByRole("row", { name: "reasoning" })).toContainText("12");
});

test("earlier turns stand in the code of the next request", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("png/rgb.png"));
  await converse(page, "First?");
  await box(page).fill("Second?");
  await tab(page, "Code");
  const code = page.getByTestId("code");
  for (const part of ["First?", 'data_url("rgb.png", "image/png")', "assistant", "The local tilewise endpoint", "Second?"]) {
    await expect(code).toContainText(part);
  }
});

test("long words, code and tables of an answer stay inside it at the width of a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await useOwnOrigin(page);
  const word = "Donaudampfschifffahrtsgesellschaft".repeat(8);
  const content = `${word}\n\n    ${word} ${word}\n\n| a | b | c |\n| - | - | - |\n| ${word.slice(0, 60)} | ${word.slice(0, 60)} | 1 |`;
  await answerWith(page, { choices: [{ index: 0, delta: { content }, finish_reason: "stop" }] });
  await converse(page, word);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
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

test("the request can be copied as code that names the file", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  await pick(page, fixture("png/rgb.png"));
  await tab(page, "Code");
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

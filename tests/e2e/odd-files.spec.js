import { expect, test } from "@playwright/test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, box, card, choose, fixture, inspect, open, photograph, pick, sentBodies, status, tab, useOwnOrigin } from "./support.js";

const remarks = (page, name) => card(page, name).getByTestId("remark");
const verdict = (page) => page.getByTestId("verdict");

/** A server that lets no page read what it has. */
async function closed(type, data) {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": type }).end(data));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** 640 × 360 pixels, 4 seconds. */
const clip = () => readFileSync("../dist/samples/clip.mp4");

async function addUrl(page, url) {
  await page.getByLabel("URL of a photo or video").fill(url);
  await page.keyboard.press("Enter");
}

test("a photo that no page may read is measured as the browser shows it, and sent by its URL", async ({ page }) => {
  const server = await closed("image/jpeg", readFileSync(fixture("jpeg/6-megapixels.jpg")));
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  const url = `${server.url}/photo.jpg`;
  await addUrl(page, url);
  await expect(card(page, url)).toContainText("3,000 × 2,000");
  await expect(card(page, url)).toContainText("size not known");
  await expect(remarks(page, url)).toContainText("does not let pages read it (CORS)");
  server.close();
  expect(bodies).toEqual([]);
});

test("an address that shows nothing either stays unread", async ({ page }) => {
  await open(page);
  const url = "http://127.0.0.1:9/photo.jpg";
  await addUrl(page, url);
  await expect(card(page, url).getByRole("alert")).toBeVisible();
  await expect(remarks(page, url)).toHaveCount(0);
});

test("a JPEG that is cut off says so, and a whole one does not", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "tilewise-"));
  const cut = join(folder, "cut.jpg");
  copyFileSync(photograph(), cut);
  truncateSync(cut, 3_000_000);
  await open(page);
  await pick(page, cut, photograph());
  await expect(remarks(page, "cut.jpg")).toContainText("Cut off");
  await expect(card(page, "photograph.jpg").locator("img")).toBeVisible();
  await expect(remarks(page, "photograph.jpg")).toHaveCount(0);
  await page.getByRole("button", { name: "Remove photograph.jpg" }).click();
  await choose(page, "claude-opus-5");
  await expect(verdict(page)).toHaveText(/ · \d warnings?$/);
  rmSync(folder, { recursive: true });
});

test("a HEIC that this browser cannot decode has its figures, says what to do, and stays out of the plan", async ({ page }) => {
  await open(page);
  await pick(page, fixture("heic/exif-behind.heic"));
  await expect(card(page, "exif-behind.heic").getByTestId("usd")).toContainText("$");
  await expect(remarks(page, "exif-behind.heic")).toContainText("cannot decode HEIC");
  await pick(page, photograph());
  await expect(page.getByTestId("fit-all")).toHaveAttribute("title", /photograph\.jpg: .*\nexif-behind\.heic: stays as it is/);
  await inspect(page, "exif-behind.heic");
  await expect(page.getByRole("dialog").getByTestId("remark")).toContainText("Safari decodes HEIC");
});

test("a video that no page may read is measured as the browser plays it, and sent by its URL", async ({ page }) => {
  const server = await closed("video/mp4", clip());
  await open(page);
  const url = `${server.url}/clip.mp4`;
  await addUrl(page, url);
  await expect(card(page, url)).toContainText("640 × 360");
  await expect(card(page, url)).toContainText("size not known");
  await expect(card(page, url)).toContainText("4 s");
  await expect(card(page, url).getByTestId("published")).toHaveText(/^[\d,]+$/);
  await expect(remarks(page, url)).toContainText("does not let pages read it (CORS)");
  await tab(page, "Code");
  await expect(page.getByTestId("code")).toContainText(url);
  server.close();
});

test("a URL whose name promises nothing is tried as a photo and as a video", async ({ page }) => {
  const server = await closed("video/mp4", clip());
  await open(page);
  await addUrl(page, `${server.url}/watch`);
  await expect(card(page, `${server.url}/watch`)).toContainText("MP4");
  await expect(card(page, `${server.url}/watch`)).toContainText("640 × 360");
  server.close();
});

test("a video that no page may read and no browser plays says so", async ({ page }) => {
  const server = await closed("video/mp4", Buffer.from("this is no video"));
  await open(page);
  await addUrl(page, `${server.url}/clip.mp4`);
  await expect(card(page, `${server.url}/clip.mp4`).getByRole("alert")).toContainText("does not let pages read it (CORS)");
  server.close();
});

test("a list of which nothing could be read is not called fine", async ({ page }) => {
  await open(page);
  await pick(page, fixture("refused/text.jpg"), fixture("refused/empty.png"));
  await expect(verdict(page)).toHaveText("No file could be read");
  await expect(verdict(page)).not.toHaveClass(/ok/);
  await expect(page.getByTestId("answer-usd")).toHaveText("–");
  await pick(page, fixture("png/rgb.png"));
  await expect(verdict(page)).toHaveText(/^May be refused · /);
  await expect(page.getByTestId("answer-files")).toHaveText("1 of 3 files · 2 cannot be read");
});

test("a model of which a list does not say that it takes photos can be asked about one", async ({ page }) => {
  await page.route("**/v1/models", (route) => route.fulfill({ json: { data: [{ id: "llava-of-our-own" }] } }));
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("png/rgb.png"));
  await page.getByRole("button", { name: "Ask the endpoint for its models" }).click();
  await choose(page, "llava-of-our-own");
  await box(page).fill("What is this?");
  await expect(ask(page)).toBeEnabled();
  await expect(page.getByText("does not take images")).toHaveCount(0);
  await ask(page).click();
  await expect(status(page).filter({ hasText: /Done|Failed/ })).toBeVisible();
});

const PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const paste = (page, text, selector) =>
  page.evaluate(
    ([text, selector]) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      const target = selector ? document.querySelector(selector) : window;
      target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    },
    [text, selector],
  );

test("a data: URL that is pasted is an image like any file", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  await paste(page, PIXEL);
  await expect(card(page, "pasted.png")).toContainText("1 × 1");
  await expect(card(page, "pasted.png").locator("img")).toBeVisible();
  await box(page).fill("What is this?");
  await ask(page).click();
  await expect(status(page).filter({ hasText: "Done" })).toBeVisible();
  expect(bodies[0].messages[0].content[1].image_url.url).toBe(PIXEL);
});

test("an address that is pasted anywhere is added, and text is not", async ({ page, baseURL }) => {
  await page.route("**/remote.png", (route) => route.fulfill({ path: fixture("png/rgb.png") }));
  await open(page);
  const url = `${baseURL}/remote.png`;
  await paste(page, `https://is-no-url-with words`);
  await paste(page, url, "textarea");
  await expect(page.locator("[data-item]")).toHaveCount(0);
  await paste(page, url);
  await expect(card(page, url)).toContainText("PNG");
});

test("of an animation one frame is kept, and it says of how many", async ({ page }) => {
  await open(page);
  await pick(page, fixture("gif/looping.gif"));
  const inspector = await inspect(page, "looping.gif", "Resize");
  await inspector.getByLabel("Format").selectOption("png");
  await inspector.getByRole("button", { name: "Resize & compress" }).click();
  await expect(inspector.getByTestId("steps")).toContainText(/1 of \d+ frames kept/, { timeout: 40_000 });
});

test("what is dropped before the program is there is listed once it is", async ({ page }) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/tilewise-www.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/", { waitUntil: "commit" });
  await page.waitForFunction(() => window.takeEarlyDrops);
  const taken = await page.evaluate(async (url) => {
    const file = new File([await (await fetch(url)).blob()], "early.png", { type: "image/png" });
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.documentElement.dispatchEvent(event);
    return event.defaultPrevented;
  }, PIXEL);
  expect(taken).toBe(true);
  release();
  await expect(card(page, "early.png")).toContainText("1 × 1");
});

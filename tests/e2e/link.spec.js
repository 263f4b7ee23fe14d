import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { ask, axeFindings, box, card, choose, chosen, closeInspector, converse, countBy, inspect, moveOver, open, openAsItIs, pasteSample, tab } from "./support.js";

const PHOTOGRAPH = "1&model=moonshotai/Kimi-K2.6&rule=processor&max=1024&media=jpeg_4032x3024_b3100000_s3024x4032_o6_a0";

/** After a change the address waits for a shorter time until it follows (`www/src/link.rs`). */
const PATIENCE_MS = 800;

const fragment = (page) => decodeURIComponent(new URL(page.url()).hash.slice(1));
const inform = (page) => page.getByText("These figures came by a link");
const aside = (page) => page.getByText("is not used");

/** What stands in the page's figures. */
async function figures(page) {
  const texts = (id) => page.getByTestId(id).allTextContents();
  const [published, processor, usd, total, tokens] = await Promise.all(
    ["published", "processor", "usd", "total-usd", "total-tokens"].map(texts),
  );
  return { published, processor, usd, total, tokens };
}

const start = async (page, hash) => {
  await page.goto(`/#${hash}`);
  await page.getByRole("heading", { name: "tilewise" }).waitFor();
};

test("a link shows the same figures to everyone who opens it, and holds neither media, names, texts nor key", async ({ page, browser, baseURL }) => {
  await open(page);
  await pasteSample(page, "phone.jpg");
  await pasteSample(page, "clip.mp4");
  await expect(page.getByTestId("published")).toHaveCount(2);
  const inspected = await inspect(page, "phone.jpg");
  await inspected.getByLabel("By URL").check();
  await inspected.getByPlaceholder("https://").fill("https://example.com/private");
  await closeInspector(page);
  await countBy(page, "processor");
  await choose(page, "moonshotai/Kimi-K2.5");
  await tab(page, "Cost");
  await page.getByTestId("sample-fps").fill("1.5");
  await tab(page, "Compare");
  await page.getByRole("button", { name: "A month" }).click();
  await page.getByTestId("requests-a-day").fill("250");
  await page.getByTestId("requests-a-day").blur();
  await tab(page, "Cost");
  await page.getByText("What if they were smaller").click();
  await page.getByLabel("Size", { exact: true }).fill("60");
  await tab(page, "Ask");
  await page.getByText("System prompt and length").click();
  await page.getByLabel("Maximum tokens of output").fill("2000");
  await expect.poll(() => fragment(page)).toContain("max=2000");
  const sent = fragment(page);
  expect(sent).toContain("_u_");
  for (const secret of ["phone", "clip", "Describe", "samples", "example", "private"]) expect(sent).not.toContain(secret);
  const expected = await figures(page);
  const imagined = await page.getByTestId("what-if").textContent();

  const context = await browser.newContext({ baseURL });
  const other = await context.newPage();
  await start(other, sent);
  await expect(other.getByTestId("published")).toHaveCount(2);
  // The sum lies in the panel, which comes last.
  await expect.poll(() => figures(other)).toEqual(expected);
  await expect(other.getByTestId("what-if")).toHaveText(imagined);
  await expect(other.getByTestId("rule-processor")).toBeChecked();
  await expect(chosen(other)).toContainText("Kimi K2.5");
  await expect(other.getByTestId("sample-fps")).toHaveValue("1.5");
  await expect(other.getByTestId("requests-a-day")).toHaveValue("250");
  await expect(other.locator(".card img, .card video")).toHaveCount(0);
  // And the address still says the same.
  expect(fragment(other)).toBe(sent);
  await context.close();
});

test("a stand-in is named by its figures, and keeps the request from being sent", async ({ page }) => {
  await start(page, PHOTOGRAPH);
  await moveOver(page);
  const shared = card(page, "shared: 4,032 × 3,024 JPEG, 3.10 MB");
  await expect(shared.getByTestId("processor")).toHaveText("4,144");
  // There is no file that could be cut off.
  await expect(shared.getByTestId("remark")).toHaveCount(0);
  await expect(shared.getByTestId("processor")).toHaveCount(1);
  await expect(inform(page)).toBeVisible();
  await expect(ask(page)).toBeDisabled();
  await expect(page.getByText("Figures without a file cannot be sent")).toBeVisible();
  await shared.getByTestId("processor").getByRole("button").click();
  await expect(page.getByTestId("steps")).toContainText("62,208 patches are over the limit of 16,384");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove shared figures" }).click();
  await expect(shared).toHaveCount(0);
  await expect(inform(page)).toHaveCount(0);
  await expect(ask(page)).toBeEnabled();
});

test("after a reload each file takes the place of its figures, and the sum is what it was", async ({ page }) => {
  await open(page);
  await pasteSample(page, "phone.jpg");
  await pasteSample(page, "clip.mp4");
  await expect(page.getByTestId("published")).toHaveCount(2);
  await (await inspect(page, "phone.jpg")).getByLabel("By URL").check();
  await closeInspector(page);
  await expect.poll(() => fragment(page)).toMatch(/jpeg_.*_u.*,mp4_/);
  const [before, link] = [await figures(page), fragment(page)];
  await page.reload();
  await expect(page.getByTestId("missing-files")).toContainText("The 2 files are gone");
  await expect.poll(() => figures(page)).toEqual(before);

  await pasteSample(page, "clip.mp4");
  await expect(page.locator(".card h3").nth(1)).toHaveText("clip.mp4");
  await expect(page.locator(".card")).toHaveCount(2);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(3);
  await pasteSample(page, "phone.jpg");
  await expect(page.locator(".card h3")).toHaveText(["phone.jpg", "clip.mp4", "landscape.jpg"]);
  await expect(inform(page)).toHaveCount(0);
  await expect((await inspect(page, "phone.jpg")).getByLabel("By URL")).toBeChecked();
  await closeInspector(page);
  await page.getByRole("button", { name: "Remove landscape.jpg" }).click();
  await expect.poll(() => figures(page)).toEqual(before);
  await expect.poll(() => fragment(page)).toBe(link);
});

test("the detail that a model uses is in the link, changes the figures, and is not asked of others", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await tab(page, "Cost");
  await expect(page.getByTestId("detail")).toBeHidden();
  await choose(page, "gpt-4o");
  await expect(page.getByTestId("detail")).toBeVisible();
  const before = await page.getByTestId("total-tokens").textContent();
  await page.getByTestId("detail").selectOption("low");
  await expect(page.getByTestId("total-tokens")).not.toHaveText(before);
  await expect.poll(() => fragment(page)).toContain("detail=low");
});

test("the figures are saved as an image card", async ({ page }) => {
  await open(page);
  await pasteSample(page, "phone.jpg");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  // It is seen before it is saved.
  const drawn = page.getByRole("img", { name: "Image card of these figures" });
  await expect.poll(() => drawn.evaluate((canvas) => canvas.getContext("2d").getImageData(600, 5, 1, 1).data.join())).toBe("26,101,82,255");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save image card" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("tilewise.png");
  const file = readFileSync(await download.path());
  expect(file.subarray(1, 4).toString()).toBe("PNG");
  // Width and height (PNG, 11.2.1).
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([1200, 630]);
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
});

test("an address that says nothing stays as it is until something is changed", async ({ page }) => {
  await page.clock.install();
  await page.goto("/?before");
  await openAsItIs(page);
  await page.clock.runFor(PATIENCE_MS);
  expect(new URL(page.url()).hash).toBe("");
  await choose(page, "moonshotai/Kimi-K2.6");
  await countBy(page, "processor");
  await expect.poll(() => fragment(page)).toContain("model=moonshotai/Kimi-K2.6&rule=processor");
  await box(page).fill("a secret");
  await page.clock.runFor(PATIENCE_MS);
  expect(fragment(page)).not.toContain("secret");
  // The back button skips the changes.
  await page.goBack();
  expect(new URL(page.url()).search).toBe("?before");
});

test("after a question a link is still about its photo", async ({ page }) => {
  await open(page);
  await pasteSample(page, "phone.jpg");
  await expect.poll(() => fragment(page)).toContain("media=jpeg_1200x900");
  const asked = fragment(page);
  await converse(page, "What is this?");
  await expect(page.locator(".card")).toHaveCount(0);
  await tab(page, "Cost");
  await countBy(page, "processor");
  await expect.poll(() => fragment(page)).toBe(asked.replace("rule=published", "rule=processor"));
});

test("what is no link is not used with a word, and the page works", async ({ page }) => {
  const thrown = [];
  page.on("pageerror", (error) => thrown.push(error.message));
  for (const [hash, why] of [
    ["media-title", "it is no link of tilewise"],
    ["9&model=a&rule=published", "it is a link of another version of tilewise"],
    [`${PHOTOGRAPH}_x`, "the link is damaged"],
    ["1&model=<img src=x onerror=alert(1)>", "the link is damaged"],
    ["1&model=%E0%A4%A", "the link is damaged"],
    [`1&model=a&media=${"jpeg_9x9,".repeat(2000)}`, "the link is too long"],
  ]) {
    await page.goto("about:blank");
    await start(page, hash);
    await moveOver(page);
    await expect(aside(page)).toContainText(why);
    await expect(page.locator(".card")).toHaveCount(0);
    await expect(ask(page)).toBeEnabled();
  }
  expect(thrown).toEqual([]);
});

test("another link in the place of the first replaces what that one brought", async ({ page }) => {
  await start(page, PHOTOGRAPH);
  await expect(page.locator(".card")).toHaveCount(1);
  await page.evaluate(() => (location.hash = "1&model=moonshotai/Kimi-K2.5&rule=published&media=png_280x280,png_28x28"));
  await expect(page.getByTestId("published")).toHaveText(["400", "4"]);
  await expect(page.getByTestId("rule-published")).toBeChecked();
  // A program that passes a link on may escape its marks.
  await page.evaluate(() => (location.hash = "1%26model%3Dmoonshotai%2FKimi-K2.5%26media%3Dpng_14x14"));
  await expect(page.getByTestId("published")).toHaveText(["1"]);
});

test("the button copies the whole address", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${baseURL}/#1&model=moonshotai/Kimi-K2.6&rule=published&max=1024`);
});

for (const [width, colorScheme] of [[390, "dark"], [1440, "light"]]) {
  test(`axe finds nothing in a shared page at ${width} pixels, ${colorScheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await start(page, `${PHOTOGRAPH},mp4_1920x1080_b9000000_d10000_f29.97_n300`);
    await expect(page.getByTestId("published")).toHaveCount(2);
    expect(await axeFindings(page)).toEqual([]);
  });
}

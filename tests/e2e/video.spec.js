import { expect, test } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSparse } from "../npm/support/sparse.js";
import { card, choose, closeInspector, countBy, drop, fixture, inspect, open, openCost, pick, tab } from "./support.js";

const FIXTURES = {
  /** 64×48 pixels, 12 frames at 25 a second, in a codec that every Chromium has. */
  clip: "mp4/vp9.mp4",
  /** 64×48 pixels, 3 hours at 1 frame a second. */
  long: "mp4/long-1-fps.mp4",
  /** 64×48 pixels, to be turned by a quarter. */
  turned: "mp4/turned-90.mp4",
  /** What no browser decodes. */
  unplayable: "mov/prores.mov",
  /** Its index stands behind 5 GB of data. */
  sparse: "index-last.mp4",
};
const name = (path) => path.split("/").pop();
const status = (video) => video.getByTestId("strip-status");

/** Counts seeks of the frames that are drawn one after the other, and holds them back until `allowSeeks`. */
async function holdSeeks(page) {
  await page.addInitScript(() => {
    const held = [];
    let allowed = 0;
    const go = () => {
      for (; allowed > 0 && held.length > 0; allowed -= 1) held.shift()();
    };
    window.seeks = 0;
    window.allowSeeks = (count) => {
      allowed = count;
      go();
    };
    const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
    Object.defineProperty(HTMLMediaElement.prototype, "currentTime", {
      ...property,
      set(seconds) {
        // The one of a thumbnail, whose player loads no more than it must.
        if (this.preload === "metadata") return property.set.call(this, seconds);
        window.seeks += 1;
        held.push(() => property.set.call(this, seconds));
        go();
      },
    });
  });
}

/** Lets so many seeks happen from now on, and no more. */
const allowSeeks = (page, count) => page.evaluate((count) => window.allowSeeks(count), count);

test("a video that is dropped has facts and figures, and a frame under its tiles", async ({ page }) => {
  await open(page);
  await drop(page, fixture(FIXTURES.clip));
  const video = card(page, name(FIXTURES.clip));
  await expect(video.getByTestId("facts")).toContainText(
    /^MP4 · 64 × 48 · \d\.\d KB · 0\.48 s · 25 frames a second · vp9 · without sound · read \d\.\d KB of it$/,
  );
  // One frame of 4×3 tiles of 14 pixels; one chunk of 3×2 tiles of 28.
  await expect(video.getByTestId("frames")).toHaveText("1");
  await expect(video.locator(".frames-count")).toHaveText("1 frame");
  await expect(video.getByTestId("published")).toHaveText("12");
  await expect(video.getByTestId("processor")).toHaveText("6");
  await expect(page.locator(".gauges")).toContainText("1 of 12");
  const inspected = await inspect(page, name(FIXTURES.clip));
  const poster = inspected.locator(".stage video");
  await expect.poll(() => poster.evaluate((player) => [player.videoWidth, player.readyState >= 2])).toEqual([64, true]);
  const [frame, world] = await Promise.all([poster.boundingBox(), inspected.locator(".world").boundingBox()]);
  expect(frame).toEqual(world);
});

test("the sampling that one assumes changes frames, tokens and curves", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.clip));
  const video = card(page, name(FIXTURES.clip));
  await openCost(page);
  const sampling = page.getByTestId("sample-fps");
  await expect(sampling).toHaveAttribute("placeholder", "2");
  await sampling.fill("25");
  await expect(video.getByTestId("frames")).toHaveText("12");
  await expect(video.getByTestId("published")).toHaveText("144");
  await expect(video.getByTestId("processor")).toHaveText("18");
  const inspected = await inspect(page, name(FIXTURES.clip), "Frames");
  await expect(inspected.getByTestId("sampling")).toContainText("25 frames a second144 tokens");
  await countBy(page, "processor");
  await expect(inspected.getByTestId("sampling")).toContainText("25 frames a second18 tokens");
  await closeInspector(page);
  await sampling.fill("-1");
  await expect(video.getByTestId("frames")).toHaveText("1");
});

test("a curve can be followed by keyboard, and says what a point would cost", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.long));
  const video = card(page, name(FIXTURES.long));
  await expect(video.getByTestId("published")).toHaveText("129,600");
  const inspected = await inspect(page, name(FIXTURES.long), "Frames");
  const resolution = inspected.getByRole("slider", { name: "Resolution" });
  await expect(resolution).toHaveAttribute("aria-valuetext", "100 % of each side, 129,600 tokens, $0.1231");
  await resolution.press("Home");
  await expect(inspected.getByTestId("resolution")).toContainText("10 % of each side10,800 tokens$0.0103 · 8 %");
  const length = inspected.getByRole("slider", { name: "Length" });
  await length.press("ArrowLeft");
  await expect(length).toHaveAttribute("aria-valuetext", "the first 2:51:00, 123,120 tokens, $0.1170 · 95 %");
  await expect(inspected.getByRole("img", { name: "From 6,480 tokens for the first 9:00 to 129,600 tokens for the first 3:00:00" })).toBeVisible();
  // Only looked at: the video is what it is.
  await expect(video.getByTestId("published")).toHaveText("129,600");
});

test("the strip shows each sampled frame with its time stamp, in chunks of four", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.clip));
  await openCost(page);
  await page.getByTestId("sample-fps").fill("25");
  const video = await inspect(page, name(FIXTURES.clip), "Frames");
  await expect(status(video)).toHaveText("12 drawn");
  await expect(video).toContainText("12 frames in 3 chunks");
  await expect(video.locator(".chunk")).toHaveCount(3);
  const frames = video.getByRole("img", { name: /^Frame at / });
  await expect(frames).toHaveCount(12);
  const stamps = await video.locator(".stamp").allTextContents();
  expect(stamps).toEqual(Array.from({ length: 12 }, (_, index) => `00:00:00.${String(index * 40).padStart(3, "0")}`));
  const images = await frames.evaluateAll((images) => images.map((image) => image.src));
  expect(new Set(images).size, "each is a frame of its own").toBe(12);
});

test("of a long video some chunks are drawn; that can be cancelled, taken up again, and ends with the card", async ({ page }) => {
  // 48 seeks take a minute on a machine that is busy.
  test.slow();
  await holdSeeks(page);
  await open(page);
  await pick(page, fixture(FIXTURES.long));
  const video = await inspect(page, name(FIXTURES.long), "Frames");
  await expect(video).toContainText("10,800 frames in 2,700 chunks");
  await expect(video).toContainText("Shown are 48 frames in 12 chunks, evenly chosen.");
  await allowSeeks(page, 5);
  await expect(video.getByText("5 of 48", { exact: true })).toBeVisible();
  await video.getByRole("button", { name: "Cancel" }).click();
  await expect(status(video)).toHaveText("Cancelled");
  await expect(video.getByRole("img", { name: /^Frame at / })).toHaveCount(5);

  await allowSeeks(page, Infinity);
  await video.getByRole("button", { name: "Go on" }).click();
  await expect(status(video)).toHaveText("48 drawn", { timeout: 120_000 });
  await expect(video.locator(".stamp").first()).toHaveText("00:00:00.000");
  await expect(video.locator(".stamp").last()).toHaveText("02:59:59.000");

  await closeInspector(page);
  await pick(page, fixture(FIXTURES.clip));
  await page.getByRole("button", { name: `Remove ${name(FIXTURES.long)}` }).click();
  await pick(page, fixture(FIXTURES.long));
  await allowSeeks(page, 5);
  await inspect(page, name(FIXTURES.long), "Frames");
  await expect(video.getByText("5 of 48", { exact: true })).toBeVisible();
  await video.getByRole("button", { name: `Remove ${name(FIXTURES.long)} from the list` }).click();
  await expect(video).toBeHidden();
  const seeks = () => page.evaluate(() => window.seeks);
  const before = await seeks();
  await allowSeeks(page, Infinity);
  // What is over does not go on: all seeks from now on are those of another video, one for each frame.
  const clip = await inspect(page, name(FIXTURES.clip), "Frames");
  await expect(status(clip)).toHaveText(/^\d+ drawn$/);
  const drawn = await clip.getByRole("img", { name: /^Frame at / }).count();
  expect(await seeks()).toBe(before + drawn);
});

test("a video that the browser cannot play keeps its facts and figures, and says so", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.unplayable));
  const video = card(page, name(FIXTURES.unplayable));
  await expect(video.getByTestId("published")).toHaveText(/^[\d,]+$/);
  const inspected = await inspect(page, name(FIXTURES.unplayable));
  await expect(inspected).toContainText("This browser cannot play prores in mov, so no frames are shown.");
  await inspected.getByRole("tab", { name: "Frames" }).click();
  await expect(inspected.getByTestId("sampling")).toBeVisible();
  await expect(status(inspected)).toContainText("The browser cannot read its frames");
});

test("a video that players turn is shown as it is stored, with a warning", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.turned));
  const video = card(page, name(FIXTURES.turned));
  await expect(video).toContainText("may not be seen upright");
  const inspected = await inspect(page, name(FIXTURES.turned));
  await expect(inspected).toContainText("Players turn the video by 90°");
  const poster = inspected.locator(".stage video");
  await expect.poll(() => poster.evaluate((player) => [player.videoWidth, player.videoHeight])).toEqual([48, 64]);
  const [frame, shown] = await Promise.all([inspected.locator(".world").boundingBox(), poster.boundingBox()]);
  for (const side of ["x", "y", "width", "height"]) expect(shown[side]).toBeCloseTo(frame[side], 0);
});

test("a video of 5 GB with its index at the end is inspected from less than 64 KB", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "tilewise-"));
  try {
    const path = join(folder, FIXTURES.sparse);
    await writeSparse(FIXTURES.sparse, path);
    await open(page);
    await pick(page, path);
    const facts = card(page, FIXTURES.sparse).getByTestId("facts");
    await expect(facts).toContainText(/ GB · /);
    await expect(facts).toContainText(/· read [1-5]?\d\.\d KB of it$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a video by its address travels as a video part", async ({ page, baseURL }) => {
  await page.route("**/remote.mp4", (route) => route.fulfill({ path: fixture(FIXTURES.clip), contentType: "video/mp4" }));
  await open(page);
  const address = page.getByLabel("URL of a photo or video");
  await address.fill(`${baseURL}/remote.mp4`);
  await address.press("Enter");
  await expect(card(page, `${baseURL}/remote.mp4`).getByTestId("published")).toHaveText("12");
  await tab(page, "Code");
  await expect(page.getByTestId("code")).toContainText('"video_url": {');
  await expect(page.getByTestId("code")).not.toContainText('"detail"');
});

for (const width of [360, 820, 1400]) {
  test(`nothing of a video is cut off at a width of ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await pick(page, fixture(FIXTURES.clip));
    await openCost(page);
    await page.getByTestId("sample-fps").fill("25");
    const video = await inspect(page, name(FIXTURES.clip), "Frames");
    await expect(status(video)).toHaveText("12 drawn");
    const overflow = await page.evaluate(() => {
      const wide = [...document.querySelectorAll(".inspector *")].filter((element) => element.scrollWidth > element.clientWidth + 1);
      return [
        document.documentElement.scrollWidth - window.innerWidth,
        wide.filter((element) => getComputedStyle(element).overflowX === "visible" && element.clientWidth > 1).map((element) => element.className),
      ];
    });
    expect(overflow).toEqual([0, []]);
  });
}

test("sampling, size and length make one plan, with what the request costs then and a command that does it", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  await pick(page, fixture(FIXTURES.long));
  const video = await inspect(page, name(FIXTURES.long), "Frames");
  await expect(video.getByTestId("plan")).toHaveCount(0);
  await video.getByRole("slider", { name: "Length" }).press("Home");
  await expect(video.getByTestId("plan")).toContainText("6,480 tokens");
  await video.getByRole("slider", { name: "Resolution" }).press("Home");
  await expect(video.getByTestId("plan")).toContainText("540 tokens");
  await expect(video.getByTestId("plan")).toContainText(/The whole request: \$0\.0005\d? in place of \$0\.1231/);
  await video.getByRole("button", { name: "Copy command" }).click();
  await expect(video.getByRole("button", { name: "Copied" })).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toBe("ffmpeg -i 'long-1-fps.mp4' -t 540 -vf scale=6:4 -an 'long-1-fps-small.mp4'");
});

const thumbnail = (page, name) => card(page, name).locator(".thumb img");

test("a row shows a frame of its video, upright, and the format where the browser plays none", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.turned), fixture(FIXTURES.unplayable));
  const turned = thumbnail(page, name(FIXTURES.turned));
  await expect(turned).toBeVisible();
  expect(await turned.evaluate((image) => [image.naturalWidth, image.naturalHeight])).toEqual([48, 64]);
  // One frame, and not the black of a canvas that nothing was drawn on.
  const isDrawn = await turned.evaluate((image) => {
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.some((value, index) => index % 4 < 3 && value > 32);
  });
  expect(isDrawn).toBe(true);
  const unplayable = card(page, name(FIXTURES.unplayable));
  await expect(unplayable.locator(".format")).toHaveText("MOV");
  await expect(unplayable.locator(".format")).toBeVisible();
  await expect(unplayable.getByTestId("remark")).toHaveCount(0);
});

test("no frame is drawn of a video that is far from the window", async ({ page }) => {
  await page.addInitScript(() => {
    window.played = 0;
    const make = Document.prototype.createElement;
    Document.prototype.createElement = function (name, ...more) {
      if (name === "video") window.played += 1;
      return make.call(this, name, ...more);
    };
  });
  await page.setViewportSize({ width: 390, height: 500 });
  await open(page);
  await pick(page, ...Array.from({ length: 11 }, () => fixture("jpeg/baseline.jpg")));
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  await pick(page, fixture(FIXTURES.clip));
  await expect(page.getByTestId("published")).toHaveCount(12);
  expect(await page.evaluate(() => window.played)).toBe(0);
  await card(page, name(FIXTURES.clip)).scrollIntoViewIfNeeded();
  await expect(thumbnail(page, name(FIXTURES.clip))).toBeVisible();
  expect(await page.evaluate(() => window.played)).toBe(1);
});

test("a video of a model that does not count it fits the stage, and one that is counted can be made cheaper", async ({ page }) => {
  await open(page);
  await pick(page, fixture(FIXTURES.clip));
  await choose(page, "moonshotai/Kimi-K3");
  const video = await inspect(page, name(FIXTURES.clip));
  const zoom = video.getByTestId("zoom");
  await expect(zoom).not.toHaveText("4000 %");
  const fitted = await zoom.textContent();
  await video.getByRole("button", { name: "Larger" }).click();
  await expect(zoom).not.toHaveText(fitted);
  await video.getByRole("button", { name: "Fit" }).click();
  await expect(zoom).toHaveText(fitted);
  await closeInspector(page);

  // It names no frames one by one, but its rule counts them.
  await choose(page, "qwen3.8-flash");
  await inspect(page, name(FIXTURES.clip), "Frames");
  await expect(video.getByRole("slider")).toHaveCount(3);
  await video.getByRole("slider", { name: "Length" }).focus();
  await page.keyboard.press("Home");
  await expect(video.getByTestId("plan")).toContainText("The whole request");
});

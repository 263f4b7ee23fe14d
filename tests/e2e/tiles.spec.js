import { expect, test } from "@playwright/test";
import { card, fixture, inspect, open, pasteSample, pick, watchTasks } from "./support.js";

const viewer = (page) => page.getByRole("dialog");

const stage = (page) => viewer(page).getByRole("group", { name: "+ and - zoom" });

const zoom = async (page) => parseFloat(await page.getByTestId("zoom").textContent());

/** Opens a sample's tiles. */
async function look(page, name) {
  await open(page);
  await pasteSample(page, name);
  await page.getByRole("button", { name: `Inspect ${name}` }).click();
  await expect(viewer(page)).toBeVisible();
  await expect.poll(() => zoom(page)).not.toBe(100);
}

/** Where the image lies, as `DOMMatrix` reads it. */
const matrix = (page) =>
  viewer(page).locator(".world").evaluate((world) => {
    const { a, b, c, d, e, f } = new DOMMatrix(getComputedStyle(world).transform);
    return [a, b, c, d, e, f];
  });

/** Where each line begins in a row of the drawn pixels: one in the middle that lies along none. */
const linesAcross = (page) =>
  viewer(page).locator("canvas.lines").evaluate((canvas) => {
    const starts = (y) => {
      const { data } = canvas.getContext("2d").getImageData(0, y, canvas.width, 1);
      const inked = Array.from({ length: canvas.width }, (_, x) => data[4 * x + 3] > 100);
      return inked.flatMap((ink, x) => (ink && !inked[x - 1] ? [x] : []));
    };
    const middle = Math.floor(canvas.height / 2);
    const [one, other] = [starts(middle), starts(middle + 3)];
    return one.length > other.length ? one : other;
  });

test("the tiles of a photo are shown with their figures, and the focus comes back", async ({ page }) => {
  await look(page, "landscape.jpg");
  await expect(page.getByTestId("viewer-figures")).toContainText("114 × 85 tiles of 14 × 14 pixels");
  await expect(page.getByTestId("viewer-figures")).toContainText("2,494 to 9,690 tokens");
  await expect(page.getByTestId("viewer-figures")).toContainText("$0.0024 to $0.0092");
  await expect(viewer(page)).toContainText("which no whole tile covers");
  await page.keyboard.press("Escape");
  await expect(viewer(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Inspect landscape.jpg" })).toBeFocused();
});

test("each line lies on the edge of a tile, at every zoom", async ({ page }) => {
  await look(page, "landscape.jpg");
  for (const presses of [3, 3, 2]) {
    for (let index = 0; index < presses; index += 1) await page.keyboard.press("+");
    await expect.poll(async () => (await linesAcross(page)).length).toBeGreaterThan(1);
    const [scale, , , , left] = await matrix(page);
    for (const x of await linesAcross(page)) {
      const tiles = (x + 0.5 - left) / (14 * scale);
      expect(Math.abs(tiles - Math.round(tiles)) * 14 * scale, `${x} at ${scale}`).toBeLessThanOrEqual(1);
    }
  }
});

test("keys zoom, move and fit", async ({ page }) => {
  await look(page, "landscape.jpg");
  const fitted = await zoom(page);
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  expect(await zoom(page)).toBeGreaterThan(2 * fitted);
  const before = await matrix(page);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const after = await matrix(page);
  expect([after[4] - before[4], after[5] - before[5]]).toEqual([-80, -80]);
  await page.keyboard.press("-");
  expect(await zoom(page)).toBeLessThan(2 * fitted);
  await page.keyboard.press("0");
  expect(await zoom(page)).toBe(fitted);
});

test("the wheel zooms at the pointer, and a drag moves as far as the pointer does", async ({ page }) => {
  await look(page, "landscape.jpg");
  const box = await stage(page).boundingBox();
  const at = [Math.round(box.width / 3), Math.round(box.height / 3)];
  const under = async () => {
    const [scale, , , , x, y] = await matrix(page);
    return [(at[0] - x) / scale, (at[1] - y) / scale];
  };
  await page.mouse.move(box.x + at[0], box.y + at[1]);
  const before = await under();
  const fitted = await zoom(page);
  await page.mouse.wheel(0, -480);
  await expect.poll(() => zoom(page)).toBeGreaterThan(3 * fitted);
  const after = await under();
  expect(Math.hypot(after[0] - before[0], after[1] - before[1])).toBeLessThan(1);

  const [, , , , x, y] = await matrix(page);
  await page.mouse.down();
  await page.mouse.move(box.x + at[0] + 50, box.y + at[1] + 30, { steps: 5 });
  await page.mouse.up();
  const moved = await matrix(page);
  expect([moved[4] - x, moved[5] - y].map(Math.round)).toEqual([50, 30]);
});

test("two fingers that part make it larger", async ({ page }) => {
  await look(page, "landscape.jpg");
  const before = await zoom(page);
  const box = await stage(page).boundingBox();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  const devtools = await page.context().newCDPSession(page);
  const touch = (type, apart) =>
    devtools.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: apart === undefined ? [] : [-1, 1].map((side, id) => ({ id, x: middle[0] + side * apart, y: middle[1] })),
    });
  await touch("touchStart", 40);
  for (const apart of [60, 80, 100, 120]) await touch("touchMove", apart);
  await touch("touchEnd");
  await expect.poll(async () => Math.abs((await zoom(page)) / before - 3)).toBeLessThan(0.1);
});

test("a photo that is stored on its side is turned upright as people see it, with its tiles", async ({ page }) => {
  await look(page, "phone.jpg");
  await expect(viewer(page)).toContainText("as it is stored, not turned upright");
  const lying = await viewer(page).locator(".world").boundingBox();
  expect(lying.width).toBeGreaterThan(lying.height);
  await viewer(page).getByRole("button", { name: "As people see it" }).click();
  await expect(viewer(page)).toContainText("Turned upright");
  await expect
    .poll(async () => {
      const { width, height } = await viewer(page).locator(".world").boundingBox();
      return width / height;
    })
    .toBeCloseTo(lying.height / lying.width, 2);
});

test("another rule slides its own tiles in, over the pixels that it leaves", async ({ page }) => {
  await open(page);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await inspect(page, "baseline.jpg");
  await expect(page.getByTestId("viewer-figures")).toContainText("8 × 5 tiles of 14 × 14 pixels");
  await expect.poll(async () => (await linesAcross(page)).length).toBe(9);
  await viewer(page).getByRole("button", { name: "Model’s code" }).click();
  await expect(page.getByTestId("viewer-figures")).toContainText("5 × 3 tiles of 28 × 28 pixels");
  await expect(viewer(page)).toContainText("Padding makes it 140 × 84");
  await expect.poll(async () => (await linesAcross(page)).length).toBe(6);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("rule-processor")).toBeChecked();
});

test("a video's first frame lies under its tiles too", async ({ page }) => {
  await look(page, "clip.mp4");
  await expect(page.getByTestId("viewer-figures")).toContainText("45 × 25 tiles of 14 × 14 pixels");
  await expect(page.getByTestId("viewer-figures")).toContainText("8 frames");
  await expect(viewer(page).locator("video")).toBeVisible();
});

test("a photo that the browser cannot show has no tiles to see, and says so", async ({ page }) => {
  await open(page);
  await pick(page, fixture("png/claims-4-billion-pixels.png"));
  const own = card(page, "claims-4-billion-pixels.png");
  await own.scrollIntoViewIfNeeded();
  await expect(own).toContainText("This browser cannot show it");
  const inspector = await inspect(page, "claims-4-billion-pixels.png");
  await expect(inspector).toContainText("This browser cannot show it. Its tiles are still counted.");
});

test("tiles too small to be drawn share a line, which is said, the grid can be left out, and the pointer names the tile under it", async ({ page }) => {
  await look(page, "landscape.jpg");
  const inked = () =>
    viewer(page).locator("canvas.lines").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, Math.floor(canvas.height / 2), canvas.width, 1);
      return data.filter((_, index) => index % 4 === 3 && data[index] > 0).length / canvas.width;
    });
  for (let index = 0; index < 2; index += 1) await page.keyboard.press("-");
  const [scale] = await matrix(page);
  expect(14 * scale).toBeLessThan(6);
  const text = await viewer(page).getByText("One line for every").textContent();
  const tiles = Number(/every (\d+) tiles/.exec(text)[1]);
  const [, , , , left] = await matrix(page);
  const apart = 14 * tiles * scale;
  await expect.poll(async () => (await linesAcross(page)).length).toBe(Math.floor(114 / tiles) + 1 + (114 % tiles ? 1 : 0));
  for (const x of (await linesAcross(page)).slice(0, -1)) {
    const lines = (x + 0.5 - left) / apart;
    expect(Math.abs(lines - Math.round(lines)) * apart, `${x} of ${tiles} tiles`).toBeLessThanOrEqual(1);
  }
  await viewer(page).getByRole("button", { name: "Grid" }).click();
  await expect.poll(inked).toBe(0);
  await viewer(page).getByRole("button", { name: "Grid" }).click();
  await viewer(page).getByRole("button", { name: "Fit" }).click();
  const world = await viewer(page).locator(".world").boundingBox();
  await page.mouse.move(world.x + 2, world.y + 2);
  await expect(page.getByTestId("hovered")).toHaveText("Tile 1 of 114 across, 1 of 85 down");
  await page.mouse.move(world.x - 8, world.y - 8);
  await expect(page.getByTestId("hovered")).toBeEmpty();
});

test("thousands of tiles are moved without the page standing still", async ({ page }) => {
  await open(page);
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(4032, 3024);
    canvas.getContext("2d").fillRect(0, 0, 4032, 3024);
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([await canvas.convertToBlob({ type: "image/jpeg" })], "large.jpg", { type: "image/jpeg" }));
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  });
  await page.getByRole("button", { name: "Inspect large.jpg" }).click();
  await expect(page.getByTestId("viewer-figures")).toContainText("62,208 tokens");
  const wentOn = await watchTasks(page);
  for (let index = 0; index < 20; index += 1) await page.keyboard.press(index % 2 ? "ArrowLeft" : "ArrowRight");
  await wentOn("62,208 tiles");
});

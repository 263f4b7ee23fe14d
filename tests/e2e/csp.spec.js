import { expect, test } from "@playwright/test";
import { ask, box, closeInspector, fixture, inspect, open, pasteSample, pick, tab, useOwnOrigin, violations } from "./support.js";

test("the header forbids what the page's own policy forbids, and frames", async ({ page }) => {
  const response = await page.goto("/");
  const header = response.headers()["content-security-policy"];
  const own = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
  expect(header).toBe(`${own}; frame-ancestors 'none'`);
  expect(header).not.toContain("unsafe-inline");
  expect(header).not.toContain("'unsafe-eval'");
  expect(response.headers()).toMatchObject({
    "cache-control": "no-cache",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
});

test("a script, a style and a frame that are put into the page are forbidden, and counted here", async ({ page }) => {
  const seen = await violations(page);
  await open(page);
  await page.evaluate(() => {
    document.body.append(document.createRange().createContextualFragment(
      "<script>window.ran = true</script><style>body { display: none }</style><iframe src='https://example.com/'></iframe>",
    ));
  });
  for (const directive of ["script-src", "style-src", "frame-src"]) {
    await expect.poll(() => seen.some((text) => text.startsWith(directive)), directive).toBe(true);
  }
  expect(await page.evaluate(() => window.ran)).toBeUndefined();
  await expect(page.locator("body")).toBeVisible();
});

test("the main flows meet nothing that the policy forbids", async ({ page, baseURL }) => {
  const seen = await violations(page);
  // Of another origin, as URLs of photos are.
  const elsewhere = "https://photos.example";
  await page.route(`${elsewhere}/**`, (route) =>
    route.fulfill({ path: fixture("png/rgb.png"), headers: { "access-control-allow-origin": "*" } }),
  );
  await open(page);
  await pick(page, fixture("png/rgb.png"), fixture("refused/text.jpg"));
  await pasteSample(page, "landscape.jpg");
  await pasteSample(page, "clip.mp4");
  await expect(page.getByTestId("published")).toHaveCount(3);
  const address = page.getByLabel("URL of a photo or video");
  await address.fill(`${elsewhere}/remote.png`);
  await address.press("Enter");
  await expect(page.getByTestId("published")).toHaveCount(4);
  for (const name of ["Cost", "Compare", "Code", "Ask"]) {
    await tab(page, name);
    for (const summary of await page.locator("summary").all()) {
      if (await summary.isVisible()) await summary.click();
    }
  }
  await inspect(page, "clip.mp4", "Frames");
  await closeInspector(page);

  // The codecs: a binary and workers of their own.
  const photo = await inspect(page, "landscape.jpg", "Resize");
  await photo.getByRole("slider", { name: "Size" }).fill("12");
  await photo.getByLabel("Format").selectOption("jpeg");
  await photo.getByRole("button", { name: "Resize & compress" }).click();
  await expect(photo.getByTestId("compared")).toBeVisible();
  await closeInspector(page);

  await page.getByRole("button", { name: `Remove ${elsewhere}/remote.png` }).click();
  await page.getByRole("button", { name: "Remove clip.mp4" }).click();
  await useOwnOrigin(page);
  const done = page.getByRole("status").filter({ hasText: "Done" });
  await box(page).fill("Anything?\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |");
  await ask(page).click();
  await expect(done).toBeVisible();
  await page.getByTestId("endpoint").selectOption("custom");
  await page.getByLabel("Base URL").fill(`${baseURL.replace("127.0.0.1", "localhost")}/faults/cors/v1`);
  await box(page).fill("And elsewhere?");
  await ask(page).click();
  await expect(page.getByTestId("answer")).toHaveCount(2);
  await expect(done).toBeVisible();
  expect(seen).toEqual([]);
});

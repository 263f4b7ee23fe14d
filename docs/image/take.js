/**
 * Takes the README's screenshots: `page.png`, and `fit.png` of a photo that was made to fit.
 *
 *     cargo xtask screenshots
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "../../tests/node_modules/playwright/index.mjs";

const [origin, executablePath, photo, folder] = process.argv.slice(2);
const args = JSON.parse(readFileSync(new URL("../../tests/chromium-flags.json", import.meta.url), "utf8"));
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: "light" });
const decoded = (selector) => page.locator(selector).evaluateAll((images) => Promise.all(images.map((image) => image.decode())));
await page.goto(`${origin}/#1&model=moonshotai/Kimi-K2.6&rule=published`);
await page.locator("input[type=file]").setInputFiles([photo, photo.replace("landscape", "phone")]);
await page.getByTestId("published").nth(1).waitFor();
await page.getByTestId("comparison").locator("tbody tr").nth(8).waitFor();
// The thumbnail is decoded after the figures are there.
await decoded(".thumb img");
await page.mouse.move(0, 0);
await page.evaluate(() => window.scrollTo(0, 0));
await page.screenshot({ path: join(folder, "page.png") });

await page.getByRole("button", { name: "Inspect landscape.jpg" }).click();
const inspector = page.locator("dialog.viewer");
await inspector.getByRole("tab", { name: "Resize" }).click();
await inspector.getByRole("slider", { name: "Size" }).fill("12");
await inspector.getByLabel("Format").selectOption("jpeg");
await inspector.getByRole("button", { name: "Resize & compress" }).click();
await inspector.getByTestId("compared").waitFor();
await decoded(".wipe img");
await page.mouse.move(0, 0);
await inspector.screenshot({ path: join(folder, "fit.png") });
await browser.close();

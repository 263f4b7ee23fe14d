/**
 * Takes the README's picture of the page.
 *
 *     cargo xtask picture
 */
import { readFileSync } from "node:fs";
import { chromium } from "../../tests/node_modules/playwright/index.mjs";

const [origin, executablePath, photo, output] = process.argv.slice(2);
const args = JSON.parse(readFileSync(new URL("../../tests/chromium-flags.json", import.meta.url), "utf8"));
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, colorScheme: "light" });
await page.goto(origin);
await page.locator("input[type=file]").setInputFiles(photo);
await page.getByTestId("published").waitFor();
await page.getByRole("button", { name: "Ask", exact: true }).click();
await page.getByTestId("bill").waitFor();
// The answered question has left the box: the next one has a picture too.
await page.locator("input[type=file]").setInputFiles(photo);
await page.getByTestId("published").waitFor();
await page.getByLabel("Question").fill("And what is in the background?");
// The thumbnail is decoded after the figures are there.
await page.locator(".frame img").evaluate((image) => image.decode());
await page.mouse.move(0, 0);
await page.evaluate(() => window.scrollTo(0, 0));
await page.screenshot({ path: output });
await browser.close();

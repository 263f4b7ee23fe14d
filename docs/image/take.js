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
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, colorScheme: "light" });
await page.goto(origin);
await page.locator("input[type=file]").setInputFiles(photo);
await page.getByTestId("published").waitFor();
await page.getByRole("button", { name: "Ask", exact: true }).click();
await page.getByTestId("bill").waitFor();
// The answered question has left the box: the next one has a photo too.
await page.locator("input[type=file]").setInputFiles(photo);
await page.getByTestId("published").waitFor();
await page.getByLabel("Question").fill("And what is in the background?");
// The thumbnail is decoded after the figures are there.
await page.locator(".frame img").evaluate((image) => image.decode());
await page.mouse.move(0, 0);
await page.evaluate(() => window.scrollTo(0, 0));
await page.screenshot({ path: join(folder, "page.png") });

await page.setViewportSize({ width: 900, height: 1000 });
// A reload would list the first photo, from the address, beside the second.
await page.goto("about:blank");
await page.goto(origin);
await page.locator("input[type=file]").setInputFiles(photo);
const card = page.locator(".card").first();
await card.locator(".fit summary").click();
await card.getByRole("slider", { name: "Size" }).fill("12");
await card.getByLabel("Format").selectOption("jpeg");
await card.getByRole("button", { name: "Make it fit" }).click();
await card.getByTestId("compared").waitFor();
await card.locator("details.compare img").nth(1).waitFor();
for (const image of await card.locator("img").all()) await image.evaluate((image) => image.decode());
await page.mouse.move(0, 0);
await card.screenshot({ path: join(folder, "fit.png") });
await browser.close();

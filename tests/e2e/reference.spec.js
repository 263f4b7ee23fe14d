/** The reference of the npm package, which TypeDoc makes for the site. */
import { expect, test } from "@playwright/test";
import { resolve } from "node:path";
import { host } from "./host.js";
import { open, violations } from "./support.js";

const title = (page, name) => page.getByRole("heading", { level: 1, name });

test("the page links to it, it links back, and both have one policy", async ({ page }) => {
  await open(page);
  const policy = page.locator("meta[http-equiv=Content-Security-Policy]");
  const own = await policy.getAttribute("content");
  // Beside the page, whose files and conversation would be lost.
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Reference of the npm package" }).click();
  const reference = await opened;
  await title(reference, "tilewise").waitFor();
  expect(await reference.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content")).toBe(own);
  await reference.getByRole("link", { name: "tilewise/prepare", exact: true }).first().click();
  await reference.getByRole("link", { name: "Goal", exact: true }).first().click();
  await title(reference, "Interface Goal").waitFor();
  await reference.getByRole("link", { name: "To the page" }).click();
  await reference.getByRole("tab", { name: "Compare" }).waitFor();
  await reference.close();
});

test("each of its pages keeps the policy and has a heading", async ({ page }) => {
  const seen = await violations(page);
  const visited = new Set();
  const waiting = ["/api/"];
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    await page.goto(url);
    await expect(page.getByRole("heading", { level: 1 }), url).toHaveCount(1);
    // Drawn by a script, from a file that is packed.
    await expect(page.locator(".tsd-navigation a").first(), url).toBeAttached();
    const links = await page.locator("a[href]").evaluateAll((all) => all.map(({ href }) => href.replace(/#.*/, "")));
    visited.add(new URL(page.url()).pathname);
    for (const link of links) {
      const { origin, pathname } = new URL(link);
      if (origin !== new URL(page.url()).origin || !pathname.startsWith("/api/") || visited.has(pathname)) continue;
      visited.add(pathname);
      waiting.push(pathname);
    }
  }
  expect(visited.size).toBeGreaterThan(40);
  expect(seen).toEqual([]);
});

test("its search finds a member, and a theme that was chosen stays chosen", async ({ page }) => {
  const seen = await violations(page);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/api/");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByPlaceholder("Search the docs").fill("maxRetries");
  await page.getByRole("option").filter({ hasText: "EndpointOptions.maxRetries" }).first().click();
  await title(page, "Interface EndpointOptions").waitFor();
  await expect(page.getByText("Retries before the first byte of an answer").first()).toBeInViewport();
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await page.getByText("Settings", { exact: true }).click();
  await page.getByLabel("Theme").selectOption("dark");
  await expect.poll(colour).not.toBe(light);
  await page.goto("/api/functions/tilewise.chat.html");
  expect(await colour()).not.toBe(light);
  expect(seen).toEqual([]);
});

test.describe("with the worker that serves the page offline", () => {
  test.use({ serviceWorkers: "allow" });

  test("it works in a folder of a host that sends no headers, and is not kept", async ({ page }) => {
    const hosted = await host(resolve("../dist"));
    try {
      await page.goto(hosted.url);
      await page.evaluate(() => navigator.serviceWorker.ready);
      await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
      await page.goto(`${hosted.url}api/index.html`);
      const content = page.locator(".col-content");
      await content.getByRole("link", { name: "tilewise", exact: true }).click();
      await title(page, "Module tilewise").waitFor();
      await content.getByRole("link", { name: "estimate", exact: true }).first().click();
      await title(page, "Function estimate").waitFor();
      expect(new URL(page.url()).pathname).toBe("/tilewise/api/functions/tilewise.estimate.html");
      const kept = await page.evaluate(async () => {
        const names = await caches.keys();
        const caught = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return caught.flat().map(({ url }) => url);
      });
      expect(kept.length).toBeGreaterThan(5);
      expect(kept.filter((url) => url.includes("/api/"))).toEqual([]);
    } finally {
      await hosted.close();
    }
  });
});

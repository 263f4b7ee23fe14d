import { expect, test } from "@playwright/test";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { host } from "./host.js";
import { choose, pasteSample, tab } from "./support.js";

test.use({ reuseContext: false, serviceWorkers: "allow" });

let folder;
let site;
let hosted;

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tilewise-"));
  site = join(folder, "site");
  cpSync(resolve("../dist"), site, { recursive: true });
  hosted = await host(site);
});

test.afterEach(async () => {
  await hosted.close();
  rmSync(folder, { recursive: true });
});

/** Opens the page and waits until it is kept. */
async function visit(page) {
  await page.goto(hosted.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
}

const keptPaths = (page) =>
  page.evaluate(async () => {
    const kept = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) kept.push(url);
    }
    return kept;
  });

/** Puts another version in the site's place, with another title. */
function publishAnother() {
  const page = join(site, "index.html");
  const text = readFileSync(page, "utf8").replace("<title>tilewise</title>", "<title>tilewise 2</title>");
  writeFileSync(page, text);
  const worker = join(site, "sw.js");
  const listed = listedFiles();
  listed.version = "another";
  listed.first["./"] = `sha256-${createHash("sha256").update(text).digest("base64")}`;
  writeFileSync(worker, readFileSync(worker, "utf8").replace(LISTED, () => `const SITE = ${JSON.stringify(listed)};`));
}

const LISTED = /^const SITE = (.*);/;

const listedFiles = () => JSON.parse(readFileSync(join(site, "sw.js"), "utf8").match(LISTED)[1]);

test("in a folder of a plain host the page works, and once loaded also without host or network", async ({ page, context }) => {
  await visit(page);
  await hosted.close();
  await context.setOffline(true);
  await page.goto(`${hosted.url}?shared=1`);
  await choose(page, "moonshotai/Kimi-K2.6");
  for (const [name, tokens] of [["landscape.jpg", "9,690"], ["phone.jpg", "5,440"], ["screenshot.png", "6,528"]]) {
    await pasteSample(page, name);
    await expect(page.getByTestId("published").last()).toHaveText(tokens);
  }
  await tab(page, "Ask");
  await page.getByLabel("Question").fill("Still there?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByTestId("answer")).toContainText("Still there?");
});

test("codecs are kept when they are first used, and nothing else is kept than the site's own files", async ({ page, context }) => {
  await visit(page);
  expect((await keptPaths(page)).filter((url) => url.includes("/prepare/"))).toEqual([]);
  await page.evaluate(() => import("./prepare/prepare.js").then((codecs) => codecs.default()));
  await expect.poll(async () => (await keptPaths(page)).some((url) => url.endsWith("/prepare/prepare.wasm"))).toBe(true);
  await page.evaluate(async () => {
    await fetch("./v1/models");
    await fetch("./index.html", { method: "POST", body: "x" });
    await fetch("./samples/clip.mp4?other");
  });
  const listed = listedFiles();
  const own = Object.keys({ ...listed.first, ...listed.later }).map((path) => new URL(path, hosted.url).href);
  const kept = await keptPaths(page);
  expect(kept.filter((url) => !own.includes(url))).toEqual([]);
  expect(kept).toEqual(expect.arrayContaining(Object.keys(listed.first).map((path) => new URL(path, hosted.url).href)));

  await context.setOffline(true);
  await page.reload();
  await page.evaluate(() => import("./prepare/prepare.js").then((codecs) => codecs.default()));
});

test("the tokenizer counts without a network, once it was used", async ({ page, context }) => {
  const countExactly = async () => {
    await tab(page, "Cost");
    await page.getByRole("button", { name: /^Count text exactly/ }).click();
    await expect(page.getByTestId("text-tokens")).toHaveText(/counted exactly$/);
  };
  await visit(page);
  expect((await keptPaths(page)).filter((url) => url.includes("/text/"))).toEqual([]);
  await page.mouse.move(1, 1);
  await countExactly();
  await expect.poll(async () => (await keptPaths(page)).some((url) => url.endsWith("/text/text.wasm"))).toBe(true);
  await hosted.close();
  await context.setOffline(true);
  await page.reload();
  await page.mouse.move(2, 2);
  await countExactly();
});

test("a new version waits until the old one's pages are closed, then replaces it whole", async ({ page, context }) => {
  await visit(page);
  publishAnother();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect.poll(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting))).toBe(true);
  await expect(page).toHaveTitle("tilewise");

  const next = await context.newPage();
  await page.close();
  await expect(async () => {
    await next.goto(hosted.url);
    const title = await next.title();
    // A page that is opened too soon is one of the old version, and holds it: it has to go before the next try.
    if (title !== "tilewise 2") await next.goto("about:blank");
    expect(title).toBe("tilewise 2");
  }).toPass();
  await expect.poll(() => next.evaluate(() => caches.keys().then((names) => names.map((name) => name.split(" ").at(-1))))).toEqual(["another"]);
});

test("a version that is only half there is not taken", async ({ page }) => {
  await visit(page);
  publishAnother();
  writeFileSync(join(site, "style.css"), "/* of yet another version */");
  const update = () => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update().catch(() => {});
    const { installing } = registration;
    if (installing) await new Promise((done) => installing.addEventListener("statechange", done));
    return { waiting: Boolean(registration.waiting), state: installing?.state };
  });
  expect(await update()).toEqual({ waiting: false, state: "redundant" });
  await page.reload();
  await expect(page).toHaveTitle("tilewise");
});

test("the page can be installed: its manifest names icons that are there and of the size they say", async ({ page }) => {
  await page.goto(hosted.url);
  const devtools = await page.context().newCDPSession(page);
  const { errors, data } = await devtools.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // Every test has a profile of its own that is thrown away, in which nothing can be installed.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  for (const { src, sizes } of JSON.parse(data).icons.filter(({ type }) => type === "image/png")) {
    const size = await page.evaluate(async (src) => {
      const bitmap = await createImageBitmap(await (await fetch(src)).blob());
      return `${bitmap.width}x${bitmap.height}`;
    }, src);
    expect(size, src).toBe(sizes);
  }
});

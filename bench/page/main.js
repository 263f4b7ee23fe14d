/**
 * The built site: what Lighthouse thinks of it, the bytes before its first use, how long a photograph takes from the drop to
 * its figures, and 96 large ones beside a bare page. `cargo xtask bench` runs it, with the site's folder and Chromium's path.
 */
import lighthouse, { desktopConfig } from "lighthouse";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, devices } from "playwright-core";
import { chromium as executablePath, folder as site, isOnce } from "../common/options.js";
import { median } from "../common/statistics.js";
import { print } from "../common/table.js";
import { host } from "./host.js";
import { measureMany } from "./many.js";

const RUNS = isOnce ? 1 : 5;
const LEAST = 98;
const MAX_BYTES = 300_000;
/** The quickest to judge is enough to see that they are judged. */
const CATEGORIES = isOnce ? ["best-practices"] : ["performance", "accessibility", "best-practices", "seo"];
/** Nothing is waited for that only figures need. */
const QUICK = {
  disableFullPageScreenshot: true,
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  networkQuietThresholdMs: 0,
  cpuQuietThresholdMs: 0,
};
const DEVICES = isOnce ? { desktop: desktopConfig } : { phone: undefined, desktop: desktopConfig };
const MANY = isOnce ? { count: 4, fitted: 0, sample: join(site, "samples/landscape.jpg") } : { count: 96, fitted: 24 };
/** Of a file in the list. */
const FIGURES = "[data-item] [data-testid=usd]";
const BARE = ["bare.html", "bare.js"].map((name) => fileURLToPath(new URL(name, import.meta.url)));

const port = await freePort();
const flags = JSON.parse(await readFile(new URL("../../tests/chromium-flags.json", import.meta.url), "utf8"));
const args = [...flags, `--remote-debugging-port=${port}`];
const hosted = await host(site, BARE);
const browser = await chromium.launch({ executablePath, args });
try {
  for (const [device, config] of Object.entries(DEVICES)) await judge(device, config);
  const bytes = await bytesBeforeUse();
  print(`bytes before first use, brotli: ${bytes}${bytes > MAX_BYTES ? `, ${MAX_BYTES} are wanted at most` : ""}`);
  print(`drop to figures, 1 photograph: ${await dropToFigures()} ms`);
  tellMany(await measureMany(browser, hosted.url, MANY));
} finally {
  await browser.close();
  hosted.close();
}

/** A table in Markdown. */
function tellMany(results) {
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  const rows = {
    "until all figures are there (wanted: 500 ms)": ({ figures }) => `${Math.round(figures)} ms`,
    "longest task until then": ({ whileRead }) => `${Math.round(whileRead)} ms`,
    "longest task, scrolling too (wanted: 50 ms)": ({ task }) => `${Math.round(task)} ms`,
    "frames under 34 ms while it scrolls (wanted: 95 %)": ({ share }) => `${Math.round(share * 100)} %`,
    "memory of the renderer afterwards (wanted: 350 MB)": ({ memory }) => megabytes(memory),
    [`${MANY.fitted} made to fit`]: ({ fitting }) => (fitting ? `${(fitting / 1000).toFixed(1)} s` : ""),
  };
  print(`| ${MANY.count} photographs | page | bare page |`);
  print("| --- | ---: | ---: |");
  for (const [what, tell] of Object.entries(rows)) print(`| ${what} | ${tell(results.page)} | ${tell(results.bare)} |`);
}

/** Lighthouse finds a browser by its port alone. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Lighthouse loses the trace of a page at times, and asks to be run again. */
async function judgeOnce(options, config) {
  const TRIES = 3;
  const errors = [];
  while (errors.length < TRIES) {
    const { lhr } = await lighthouse(hosted.url, options, config);
    if (!lhr.runtimeError) return lhr;
    errors.push(lhr.runtimeError.message);
  }
  throw new Error(`Lighthouse could not load the page: ${errors.join("; ")}`);
}

/** The middle of several runs, as one alone says little: most of it is how busy the machine was. */
async function judge(device, config) {
  const options = { port, onlyCategories: CATEGORIES, logLevel: "error", ...(isOnce && QUICK) };
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await judgeOnce(options, config));
  for (const category of CATEGORIES) {
    const points = runs.map(({ categories }) => {
      const { score } = categories[category];
      if (score === null) throw new Error(`${device}, ${category}: no score`);
      return Math.round(score * 100);
    });
    const middle = median(points);
    print(`${device}, ${category}: ${middle} (${points.join(", ")})${middle < LEAST ? `, ${LEAST} are wanted` : ""}`);
    for (const { id, weight } of runs[0].categories[category].auditRefs) {
      const audits = runs.map(({ audits }) => audits[id]).filter(({ score }) => score !== null && score < 0.9);
      if (weight > 0 && audits.length > RUNS / 2) print(`  ${id}: ${audits.map((audit) => audit.displayValue ?? audit.title).join(", ")}`);
    }
  }
  const indices = runs.map(({ environment }) => Math.round(environment.benchmarkIndex));
  print(`${device}, how fast Lighthouse takes this machine to be: ${indices.join(", ")}`);
}

/**
 * Bodies and heads, as they travel, until the page could give a photograph's figures; what the worker keeps afterwards
 * is not among them, nor what is loaded once somebody does something. That no more is needed is shown by refusing it.
 */
async function bytesBeforeUse() {
  const context = await browser.newContext({ ...devices["Pixel 7"], serviceWorkers: "block" });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  let bytes = 0;
  await devtools.send("Network.enable");
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(hosted.url, { waitUntil: "networkidle" });
  const before = bytes;
  await page.route("**/*", (route) => route.abort());
  await page.locator("input[type=file]").first().setInputFiles(join(site, "samples/landscape.jpg"));
  await page.locator(FIGURES).waitFor();
  await context.close();
  return before;
}

/** The middle of several runs, each in a page of its own. */
async function dropToFigures() {
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    await page.goto(hosted.url, { waitUntil: "networkidle" });
    // Measured in the page, so that the way to this program does not count.
    await page.evaluate((figures) => {
      addEventListener("change", () => (window.begun = performance.now()), { capture: true });
      const note = () => {
        if (document.querySelector(figures)) window.ended ??= performance.now();
      };
      new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
    }, FIGURES);
    await page.locator("input[type=file]").first().setInputFiles(join(site, "samples/landscape.jpg"));
    await page.waitForFunction(() => window.ended);
    times.push(await page.evaluate(() => window.ended - window.begun));
    await context.close();
  }
  return Math.round(median(times));
}

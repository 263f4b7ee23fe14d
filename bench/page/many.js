/** 96 photographs as a phone makes them, in the page and in a bare one that reads their heads and shows small images. */
import { execFileSync } from "node:child_process";
import { copyFile, link, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PAGES = { page: "", bare: "bare.html" };
const MAX_BODY_BYTES = 5_000_000;
const SLOW_FRAME_MS = 34;
/** A quick hand on a wheel. */
const PIXELS_A_FRAME = 80;

/** Gives, for each of the pages, what was measured in one run. `fitted` is how many of them are made to fit. */
export async function measureMany(browser, url, { count, fitted, sample }) {
  const folder = await mkdtemp(join(tmpdir(), "tilewise-"));
  try {
    const photograph = join(folder, "photograph.jpg");
    if (sample) await copyFile(sample, photograph);
    else makePhotograph(photograph);
    const paths = Array.from({ length: count }, (_, index) => join(folder, `photo-${index}.jpg`));
    // The same bytes under many names: a browser reads and decodes each by itself.
    for (const path of paths) await link(photograph, path);
    const results = {};
    for (const [name, path] of Object.entries(PAGES)) results[name] = await measure(browser, url + path, name, paths);
    // What the page asks of each: its part of the body that stays 5 % free, at the size that the model sees.
    const goal = { maxBytes: Math.floor((MAX_BODY_BYTES * 0.95 * 0.75) / fitted), fit: "model" };
    const some = paths.slice(0, fitted);
    if (fitted === 0) return results;
    results.page.fitting = await fitInPage(browser, url, some);
    results.bare.fitting = await fitAlone(browser, url + PAGES.bare, some, goal);
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function makePhotograph(path) {
  const script = fileURLToPath(new URL("../../tests/e2e/photograph.py", import.meta.url));
  execFileSync(process.env.TILEWISE_PYTHON, [script, path]);
}

async function open(browser, url) {
  const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "networkidle" });
  return { page, close: () => context.close() };
}

async function measure(browser, url, name, paths) {
  const { page, close } = await open(browser, url);
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  if (name === "page") await watchFigures(page, paths.length);
  await page.locator("input[type=file]").first().setInputFiles(paths);
  await page.waitForFunction(() => window.ended);
  const figures = await page.evaluate(() => window.ended - window.begun);
  const whileRead = await longestTask(page);
  const share = await scroll(page);
  const whileScrolled = await longestTask(page);
  const memory = await rendererMemory(browser, page);
  await close();
  return { figures, task: Math.max(whileRead, whileScrolled), whileRead, share, memory };
}

/** As soon as the sum has them all, and says so in the page. */
const watchFigures = (page, count) =>
  page.evaluate((count) => {
    addEventListener("change", () => (window.begun ??= performance.now()), { capture: true });
    const numbers = (element) => [...element.textContent.matchAll(/[\d,]+/g)].map(([text]) => Number(text.replaceAll(",", "")));
    const MAX_TEXT = 2_000;
    const note = () => {
      const figures = document.querySelector("[data-item] .tokens");
      const sum = document.querySelector("[data-testid=answer-tokens]");
      if (!figures || !sum) return;
      // Those of one photograph, by either rule; rows that are not near are not built, but are in the sum.
      const isAll = (one) => numbers(sum).some((all) => all >= one * count && all <= one * count + MAX_TEXT);
      if (numbers(figures).some(isAll)) window.ended ??= performance.now();
    };
    new MutationObserver(note).observe(document.body, { childList: true, characterData: true, subtree: true });
  }, count);

async function longestTask(page) {
  // What is observed is told a little later.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  return page.evaluate(() => Math.max(0, ...window.tasks.splice(0)));
}

/** From the top to the end and back; gives the share of frames that came in time. */
function scroll(page) {
  return page.evaluate(
    async ([step, slow]) => {
      const root = document.documentElement;
      const frame = () => new Promise(requestAnimationFrame);
      let [inTime, all, before] = [0, 0, await frame()];
      for (const direction of [1, -1]) {
        for (;;) {
          const from = root.scrollTop;
          scrollBy({ top: direction * step, behavior: "instant" });
          const now = await frame();
          all += 1;
          if (now - before < slow) inTime += 1;
          before = now;
          if (Math.abs(root.scrollTop - from) < 1) break;
        }
      }
      return inTime / all;
    },
    [PIXELS_A_FRAME, SLOW_FRAME_MS],
  );
}

/** Private bytes of the process that has this page, as Linux counts them. */
async function rendererMemory(browser, page) {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  await devtools.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const sizes = await Promise.all(renderers.map(({ id }) => privateBytes(id)));
  await page.evaluate(() => undefined);
  return Math.max(...sizes);
}

async function privateBytes(id) {
  const text = await readFile(`/proc/${id}/smaps_rollup`, "utf8").catch(() => "");
  const kilobytes = [...text.matchAll(/^Private_\w+:\s+(\d+) kB/gm)].map(([, number]) => Number(number));
  return kilobytes.reduce((sum, number) => sum + number, 0) * 1024;
}

/** From the click to the last photograph. */
async function fitInPage(browser, url, paths) {
  const { page, close } = await open(browser, url);
  await page.locator("input[type=file]").first().setInputFiles(paths);
  const button = page.getByTestId("fit-all");
  await button.waitFor();
  await button.click();
  const begun = Date.now();
  const NO_LIMIT = 0;
  await page.waitForFunction((count) => document.querySelector("[data-testid=run-status]")?.textContent.startsWith(`${count} of`), paths.length, {
    timeout: NO_LIMIT,
  });
  const taken = Date.now() - begun;
  await close();
  return taken;
}

async function fitAlone(browser, url, paths, goal) {
  const { page, close } = await open(browser, url);
  await page.locator("input[type=file]").setInputFiles(paths);
  await page.waitForFunction(() => window.ended);
  const taken = await page.evaluate((goal) => window.fitAll(goal), goal);
  await close();
  return taken;
}

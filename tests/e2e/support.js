import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";

export const fixture = (name) => resolve("fixtures", name);

/** A 12-megapixel JPEG of more than 5 MB, made once. */
export function photograph() {
  const folder = resolve("../target/e2e-media");
  const path = resolve(folder, "photograph.jpg");
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    execFileSync(process.env.TILEWISE_PYTHON, [resolve("e2e/photograph.py"), path]);
  }
  if (statSync(path).size <= 5_000_000) throw new Error("the photograph is too small for these tests");
  return path;
}

/** The page as somebody has it who has moved the pointer, with the conversation in front: all of it is loaded then. */
export async function open(page) {
  await arrive(page);
  await moveOver(page);
}

/** The same, with nothing chosen: its address says nothing then. */
export async function openAsItIs(page) {
  await page.goto("/");
  await moveOver(page);
}

/** Moves the pointer, whereupon all of the page is loaded, and brings the conversation to the front. */
export async function moveOver(page) {
  await page.mouse.move(1, 1);
  await tab(page, "Ask");
  await expect(box(page)).toBeVisible();
}

/** Brings a tab of the page to the front: Cost, Compare, Ask or Code. */
export const tab = (page, name) => page.locator(".panel").getByRole("tab", { name, exact: true }).click();

/** Counts by a rule, whichever tab is in front. */
export const countBy = (page, rule) => page.getByTestId(`rule-${rule}`).evaluate((radio) => radio.click());

/** The inspector, which is a dialog. */
export const inspector = (page) => page.locator("dialog.viewer");

/** Opens the inspector of a file, at one of its tabs: Tiles, Resize or Frames. */
export async function inspect(page, name, at = "Tiles") {
  // Where the thumbnail is: a figure in the row explains itself.
  await page.getByRole("button", { name: `Inspect ${name}`, exact: true }).click({ position: { x: 20, y: 20 } });
  await inspector(page).getByRole("tab", { name: at, exact: true }).click();
  return inspector(page);
}

/** Leaves it. */
export const closeInspector = (page) => inspector(page).getByRole("button", { name: "Close" }).click();

/** With the model that has both rules and documented limits, which these tests speak of: by a link, as to choose it would
 *  load the rest of the page. */
export async function arrive(page) {
  // From another page: an address that differs behind its # alone is not loaded again.
  await page.goto("about:blank");
  await page.goto("/#1&model=moonshotai/Kimi-K2.6&rule=published&max=1024");
  await page.locator("input[type=file]").waitFor({ state: "attached" });
  await expect(chosen(page)).toContainText("Kimi K2.6");
}

/** The chosen model, which is a button that opens the list of models. */
export const chosen = (page) => page.getByTestId("model");

/** The list of models, which is a dialog. */
export const picker = (page) => page.locator("dialog.picker");

/** Opens it; the focus is in its search field. */
export async function openPicker(page) {
  await chosen(page).click();
  const field = picker(page).getByRole("combobox", { name: "Find a model" });
  await expect(field).toBeFocused();
  return field;
}

/** A model in the list. */
export const option = (page, model) => picker(page).locator(`[role=option][data-model="${model}"]`);

/** Chooses a model. */
export async function choose(page, model) {
  await openPicker(page);
  await option(page, model).click();
  await expect(picker(page)).toBeHidden();
}

/** The first heading of the list of models, which says whose list it is. */
export async function firstGroup(page) {
  await openPicker(page);
  const heading = await picker(page).locator(".heading").first().textContent();
  await page.keyboard.press("Escape");
  await expect(picker(page)).toBeHidden();
  return heading;
}

export const pick = (page, ...paths) => page.locator("input[type=file]").setInputFiles(paths);

/** The card of a file. */
export const card = (page, name) =>
  page.locator(".card").filter({ has: page.getByRole("heading", { name, exact: true }) });

export const ask = (page) => page.getByRole("button", { name: "Ask", exact: true });

export const box = (page) => page.getByLabel("Question");

export const turns = (page) => page.getByTestId("turn");

export const status = (page) => page.getByRole("status");

/** Asks, and waits for the whole answer. */
export async function converse(page, question) {
  await box(page).fill(question);
  await ask(page).click();
  await expect(status(page)).toContainText("Done");
}

/** Waits until nothing of the page moves or is still to come. */
export async function comeToRest(page) {
  await expect(page.getByText("Loading…", { exact: true })).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What is out of sight is neither loaded nor moved.
    const isShown = (element) => element.checkVisibility({ contentVisibilityAuto: true });
    // An image that cannot be shown is at rest as well, and one that is far away is not loaded.
    const isAwaited = (image) => isShown(image) && (image.complete || image.loading !== "lazy");
    await Promise.all([...document.images].filter(isAwaited).map((image) => image.decode().catch(() => {})));
    const moving = document.getAnimations().filter(({ effect, playState, timeline }) => {
      // One that is bound to a scroll position ends nowhere.
      const ends = timeline === document.timeline && Number.isFinite(effect.getComputedTiming().endTime);
      return ends && playState === "running" && isShown(effect.target);
    });
    await Promise.all(moving.map(({ finished }) => finished.catch(() => {})));
    // Drawn with all of that.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** What axe finds, one line for each element. Colours that are still changing are not those that stay. */
export async function axeFindings(page, restrict = (axe) => axe) {
  await comeToRest(page);
  // The page has no frames, so axe need not open a page of its own for each run: that takes as long as the run.
  const axe = restrict(new AxeBuilder({ page }).setLegacyMode());
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}

/** Where elements are at one moment: two questions in a row may see two. */
export async function boxesOf(page, ...locators) {
  const elements = await Promise.all(locators.map((locator) => locator.elementHandle()));
  return page.evaluate((elements) => elements.map((element) => element.getBoundingClientRect().toJSON()), elements);
}

/** Scrolls to the end of the page, and says where elements are then. */
export async function boxesAtEnd(page, ...locators) {
  await comeToRest(page);
  await page.evaluate(() => window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }));
  return boxesOf(page, ...locators);
}

/** Reads what the policy has forbidden, in the page and by the console, which speaks for workers too. */
export async function violations(page) {
  const seen = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) seen.push(message.text());
  });
  await page.exposeFunction("noteViolation", (text) => seen.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample, sourceFile, lineNumber }) =>
      window.noteViolation(`${violatedDirective} ${blockedURI} ${sample} ${sourceFile}:${lineNumber}`),
    );
  });
  return seen;
}

export const openCost = (page) => tab(page, "Cost");

/** Reads each text that an element has had since: as a screen reader would have read it. */
export async function changesOf(page, selector) {
  const texts = await page.locator(selector).evaluateHandle((element) => {
    const texts = [];
    const note = () => element.textContent && texts.push(element.textContent);
    new MutationObserver(note).observe(element, { characterData: true, childList: true, subtree: true });
    return texts;
  });
  return () => texts.jsonValue();
}

const CHAT = "**/v1/chat/completions";

/** Whether a request or a response is of a question. */
export const isChat = (exchange) => exchange.url().endsWith("/v1/chat/completions");

/** Keeps the next chat requests from being sent, until what it gives is called. */
export async function holdRequests(page) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(CHAT, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Has the local endpoint answer the next chat requests with this fault. */
const withFault = (page, fault) =>
  page.route(CHAT, (route) => route.continue({ headers: { ...route.request().headers(), "x-tilewise-fault": fault } }));

/** Lets the next answers begin and never end, so that there is time to stop them: behind the reasoning and a few words. */
export const neverEnd = (page) => withFault(page, "silence-6000");

/** Holds the pieces of the next answer back; what it gives asks for so many more. */
export async function holdPieces(page) {
  const id = randomUUID();
  await withFault(page, `stepwise;id=${id}`);
  return (count) => page.request.post(`/steps/${id}/${count}`);
}

/** Behind the reasoning and a few words. */
export const SOME_PIECES = 20;
/** More than any answer has. */
export const ALL_PIECES = 10_000;

/** Answers the next chat requests with this status. */
export const refuseWith = (page, status, message) =>
  page.route(CHAT, (route) =>
    route.fulfill({ status, contentType: "application/json", body: JSON.stringify({ error: { message } }) }),
  );

/** Ends what `answerWith`, `holdPieces`, `neverEnd` and `refuseWith` began. */
export const answerAsUsual = (page) => page.unroute(CHAT);

export async function useOwnOrigin(page) {
  await tab(page, "Ask");
  await page.getByTestId("endpoint").selectOption("same-origin");
}

/** Drops files and folders as an operating system does. */
export async function drop(page, ...paths) {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await devtools.send("Input.dispatchDragEvent", { type, x: 200, y: 150, data });
  }
}

/** Takes one of the site's samples, as if it were pasted. */
export const pasteSample = (page, name) =>
  page.evaluate(async (name) => {
    const sample = await (await fetch(`./samples/${name}`)).blob();
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([sample], name, { type: sample.type }));
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  }, name);

/** The bodies of the chat requests that the page sends; a browser's tools do not show those of blobs. */
export async function sentBodies(page) {
  const bodies = [];
  await page.exposeFunction("keepBody", (body) => bodies.push(JSON.parse(body)));
  await page.addInitScript(() => {
    const send = window.fetch;
    window.fetch = async (request, options) => {
      if (request.method === "POST") await window.keepBody(await request.clone().text());
      return send(request, options);
    };
  });
  return bodies;
}

/** Answers the next chat requests with these events. */
export async function answerWith(page, ...events) {
  const body = [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  await page.route(CHAT, (route) =>
    route.fulfill({ status: 200, headers: { "content-type": "text/event-stream" }, body }),
  );
}

/** Not how long anything takes, which depends on the machine, but that no task of the page's takes a second. */
const LONGEST_MS = 1_000;

/** Watches the page's main thread from now on; what it returns says how it was, and fails if the page stood still. */
export async function watchTasks(page) {
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  return async (what) => {
    const tasks = await page.evaluate(() => window.tasks);
    const longest = Math.max(0, ...tasks);
    console.log(`${what}: ${tasks.length} tasks over 50 ms, the longest of ${longest} ms`);
    expect(longest).toBeLessThan(LONGEST_MS);
  };
}

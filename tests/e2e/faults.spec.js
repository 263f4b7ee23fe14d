import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { ask, box, card, firstGroup, fixture, isChat, open, pick, sentBodies, status, turns } from "./support.js";

const ANSWERS = "answers";
const FAILS = "fails";
/** Nothing comes, or no end: it is stopped. */
const HANGS = "hangs";

const GROUPS = {
  "in place of an answer": {
    none: ANSWERS,
    "status-204": FAILS,
    "status-400": FAILS,
    "status-401": FAILS,
    "status-403": FAILS,
    "status-404": FAILS,
    "status-413": FAILS,
    "status-422": FAILS,
    "status-429": FAILS,
    "status-429;retry-after=3600": FAILS,
    "status-429;retry-after-date=3600": FAILS,
    "status-500": FAILS,
    "status-503-once;id=e2e": ANSWERS,
    "redirect-307": ANSWERS,
    html: FAILS,
    "html-502": FAILS,
    "error-object": FAILS,
    text: FAILS,
    hang: HANGS,
  },
  "in what a stream says": {
    "error-first": FAILS,
    "error-in-stream": FAILS,
    "error-after-finish": FAILS,
    "error-after-done": ANSWERS,
    "choice-error": FAILS,
    "done-only": FAILS,
    "text-after-done": ANSWERS,
    "no-done": ANSWERS,
    "no-usage": ANSWERS,
    "choice-usage": ANSWERS,
    "doubled-usage": ANSWERS,
    "several-choices": FAILS,
    refusal: ANSWERS,
    "tool-calls": ANSWERS,
    "tool-calls-no-index": ANSWERS,
    "huge-100000": ANSWERS,
  },
  "in how a stream travels": {
    json: ANSWERS,
    "slow-5": ANSWERS,
    "stepwise;id=e2e": HANGS,
    bytewise: ANSWERS,
    "pieces-7": ANSWERS,
    silence: HANGS,
    "silence-300": HANGS,
    "no-done,hold": ANSWERS,
    "no-done,beats": ANSWERS,
    "no-done,reset": ANSWERS,
    "no-done,no-usage,beats": ANSWERS,
    heartbeats: ANSWERS,
    drop: FAILS,
    "cut-300": FAILS,
    "end-300": FAILS,
    crlf: ANSWERS,
    "broken-event": FAILS,
    "content-type-none": ANSWERS,
    "content-type-text%2Fplain": ANSWERS,
    gzip: ANSWERS,
    cors: ANSWERS,
    "no-cors": ANSWERS,
  },
};

/** Waits for this status, and skips the pauses between tries. */
async function endsAs(page, end) {
  const ended = status(page).filter({ hasText: end });
  const pausing = status(page).filter({ hasText: "Trying again" });
  for (;;) {
    await expect(ended.or(pausing)).toBeVisible();
    if (await ended.isVisible()) return;
    const answered = page.waitForResponse(isChat);
    await page.clock.fastForward(2_000);
    await Promise.race([answered, ended.waitFor()]);
  }
}

for (const [group, faults] of Object.entries(GROUPS)) {
  test(`no fault ${group} loses a question or a photo, and the next one is answered`, async ({ page, baseURL }) => {
    test.setTimeout(240_000);
    const bodies = await sentBodies(page);
    await page.clock.install();
    const use = (fault) => page.getByLabel("Base URL").fill(`${baseURL}/faults/${fault}/v1`);
    await open(page);
    await page.getByTestId("endpoint").selectOption("custom");
    for (const [fault, outcome] of Object.entries(faults)) {
      await test.step(fault, async () => {
        const question = `What of ${fault}?`;
        await use(fault);
        await pick(page, fixture("png/rgb.png"));
        await expect(card(page, "rgb.png").getByTestId("published")).toHaveText("12");
        await box(page).fill(question);
        const sent = page.waitForRequest(isChat);
        await ask(page).click();
        await sent;
        if (outcome === HANGS) await page.keyboard.press("Escape");
        await endsAs(page, { [ANSWERS]: "Done", [FAILS]: "Failed", [HANGS]: "Stopped" }[outcome]);
        if (outcome !== ANSWERS) {
          await expect(box(page)).toHaveValue(question);
          await expect(card(page, "rgb.png")).toBeVisible();
          await use("none");
          await ask(page).click();
          await expect(status(page)).toContainText("Done");
        }
        // Whatever came of it: asked and answered, and nothing left over in the box.
        await expect(turns(page)).toHaveCount(1);
        await expect(page.getByRole("alert")).toBeHidden();
        await expect(box(page)).toHaveValue("");
        await expect(page.locator(".card")).toHaveCount(0);
        const [text, image] = bodies.at(-1).messages.at(-1).content;
        expect(text.text).toBe(question);
        expect(image.image_url.url).toMatch(/^data:image\/png;base64,iVBOR/);

        await use("none");
        await box(page).fill("And now?");
        await ask(page).click();
        await expect(turns(page)).toHaveCount(2);
        await expect(status(page)).toContainText("Done");
        expect(bodies.at(-1).messages[0].content).toEqual([text, image]);
        await page.getByRole("button", { name: "New conversation" }).click();
        await expect(turns(page)).toHaveCount(0);
      });
    }
  });
}

for (const fault of ["unknown-model", "no-pricing", "other-prices"]) {
  test(`a list of models with the fault ${fault} is read`, async ({ page, baseURL }) => {
    await open(page);
    await page.getByTestId("endpoint").selectOption("custom");
    await page.getByLabel("Base URL").fill(`${baseURL}/faults/${fault}/v1`);
    await page.getByRole("button", { name: "Ask the endpoint for its models" }).click();
    await expect.poll(() => firstGroup(page)).toBe("Listed by the endpoint");
  });
}

test("a list of models that breaks off leaves the offline one", async ({ page, baseURL }) => {
  await open(page);
  await page.getByTestId("endpoint").selectOption("custom");
  await page.getByLabel("Base URL").fill(`${baseURL}/faults/broken-list/v1`);
  await page.getByRole("button", { name: "Ask the endpoint for its models" }).click();
  await expect(page.locator(".listing").getByRole("alert")).toContainText("list of models");
  expect(await firstGroup(page)).toBe("Baseten");
});

test("these are all the faults that the local endpoint has", () => {
  const documentation = readFileSync("server/src/lib.rs", "utf8");
  // The page asks for no count; tests/npm/count.test.js tries those faults.
  const ofPage = documentation.replace(/^\/\/! \| \*in a count\*[^]*?(?=^\/\/! \| \*)/m, "");
  const rows = ofPage.matchAll(/^\/\/! \| (`[^|]*) \|/gm);
  const documented = [...rows].flatMap(([, names]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(documented.length).toBeGreaterThan(30);
  const lists = ["unknown-model", "no-pricing", "other-prices", "broken-list"];
  const tried = [...Object.values(GROUPS).flatMap(Object.keys), ...lists].flatMap((faults) => faults.split(","));
  const fixedPart = (name) => name.replace(/;.*$/, "").replace(/-(NNN|N|MS|T)(?=-|$)/, "-");
  const missing = documented.filter((name) => !tried.some((fault) => fault.startsWith(fixedPart(name).replace(/-(once)?$/, ""))));
  expect(missing).toEqual([]);
});

import { expect, test } from "@playwright/test";
import {
  answerWith,
  ask,
  box,
  boxesAtEnd,
  boxesOf,
  card,
  choose,
  closeInspector,
  converse,
  countBy,
  fixture,
  inspect,
  open,
  openPicker,
  pasteSample,
  pick,
  refuseWith,
  tab,
  useOwnOrigin,
} from "./support.js";

const SAMPLES = { Photo: "landscape.jpg", "Phone photo": "phone.jpg", Screenshot: "screenshot.png", Video: "clip.mp4" };

/** What the four steps say, from pixels to dollars. */
const steps = (page) => page.getByTestId("breakdown").getByRole("listitem");

test("one click on a sample shows what it costs", async ({ page }) => {
  await open(page);
  for (const [label, file] of Object.entries(SAMPLES)) {
    const sample = page.getByRole("button", { name: label, exact: true });
    const price = await sample.locator("small").textContent();
    expect(price).toMatch(/^\$0\.\d{4,5} to \$0\.\d{4,6}$/);
    await sample.click();
    await expect(card(page, file).getByTestId("published")).toHaveText(/^[\d,]+$/);
    // What it costs is what was said before.
    await expect(card(page, file).getByTestId("usd")).toHaveText(price);
    await page.getByRole("button", { name: `Remove ${file}` }).click();
  }
  await expect(page.locator(".card")).toHaveCount(0);
});

test("a sample that cannot be loaded says so", async ({ page }) => {
  await open(page);
  await page.route("**/samples/landscape.jpg", (route) => route.abort());
  await page.getByRole("button", { name: "Photo", exact: true }).click();
  await expect(card(page, "landscape.jpg").getByRole("alert")).toContainText("could not be loaded");
});

test("four steps lead from pixels to dollars, at first for an example", async ({ page }) => {
  await open(page);
  await tab(page, "Cost");
  await expect(page.getByText("For example, a phone’s photo")).toBeVisible();
  // 4032 / 14 is 288 and 3024 / 14 is 216, of which the product is 62,208: at $0.95 a million that is $0.0591.
  await expect(steps(page)).toHaveText([
    "4,032 × 3,024pixels",
    "288 × 216tiles of 14 × 14 pixels",
    "62,208tokens, one a tile",
    "$0.0591at $0.95 a million",
  ]);
  await pick(page, fixture("jpeg/baseline.jpg"));
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByText("Why landscape.jpg, the dearest of 2, costs what it costs")).toBeVisible();
  await expect(steps(page).nth(1)).toHaveText("114 × 85tiles of 14 × 14 pixels");
  await expect(steps(page).nth(3)).toContainText("$0.0092");
  await expect(card(page, "landscape.jpg").getByTestId("usd")).toHaveText("$0.0024 to $0.0092");
  await countBy(page, "processor");
  await expect(steps(page).nth(2)).toContainText(await card(page, "landscape.jpg").getByTestId("processor").textContent());
});

test("what would be refused of the list is named beside the sum, the first of many", async ({ page }) => {
  await open(page);
  const named = page.locator(".cost-body").getByText("Kimi K2.6 does not take bmp.");
  await pick(page, fixture("png/rgb.png"), fixture("bmp/1x1.bmp"));
  await expect(named).toHaveText("Refused: 1x1.bmp: Kimi K2.6 does not take bmp. Convert it to one of png, jpeg, webp, gif.");
  for (const name of ["alpha-16-bit", "bmp2", "2-bit", "1x70000"]) await pick(page, fixture(`bmp/${name}.bmp`));
  await expect(named).toHaveCount(3);
  await tab(page, "Cost");
  await expect(page.getByText("2 more would be refused: see their rows in the list.")).toBeVisible();
});

for (const [width, height] of [[390, 844], [844, 390], [820, 900], [1440, 900], [2560, 1300]]) {
  test(`the answer stays in sight at ${width} × ${height} pixels, however far one scrolls`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    for (let index = 0; index < 14; index += 1) await pasteSample(page, "landscape.jpg");
    await expect(page.getByTestId("published")).toHaveCount(14);
    for (const top of [0, 400, 100_000]) {
      await page.evaluate((top) => window.scrollTo({ top, behavior: "instant" }), top);
      for (const id of ["answer-usd", "model", "verdict"]) await expect(page.getByTestId(id)).toBeInViewport({ ratio: 1 });
    }
    await expect(page.getByTestId("answer-files")).toHaveText("14 files");
  });
}

for (const [width, height] of [[390, 844], [1440, 900]]) {
  test(`letters twice as large break nothing at ${width} × ${height} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    const devtools = await page.context().newCDPSession(page);
    // What a person sets in the browser; the page's own sizes follow.
    const setLetters = (standard) => devtools.send("Page.setFontSizes", { fontSizes: { standard, fixed: (standard * 13) / 16 } });
    await setLetters(32);
    try {
      expect(await page.evaluate(() => getComputedStyle(document.querySelector(".promise")).fontSize)).toBe("32px");
      expect(await brokenParts(page), "empty").toEqual([]);
      await pasteSample(page, "phone.jpg");
      await pasteSample(page, "clip.mp4");
      await pick(page, fixture("bmp/bmp2.bmp"));
      await expect(page.getByTestId("published")).toHaveCount(3);
      for (const name of ["Cost", "Compare", "Ask", "Code"]) {
        await tab(page, name);
        expect(await brokenParts(page), name).toEqual([]);
      }
      await openPicker(page);
      expect(await brokenParts(page, "dialog[open]"), "picker").toEqual([]);
      await page.keyboard.press("Escape");
      for (const at of ["Tiles", "Resize"]) {
        await inspect(page, "phone.jpg", at);
        expect(await brokenParts(page, "dialog[open]"), at).toEqual([]);
        await closeInspector(page);
      }
    } finally {
      // The next test has the same browser.
      await setLetters(16);
    }
  });
}

/** What does not fit: a page that scrolls sideways, text that leaves its box or is cut in it, controls over each other. */
function brokenParts(page, root = "body") {
  return page.evaluate((root) => {
    const name = (element) => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 30)}`;
    const isScrolled = (element) => element.closest("pre, .wide-table, .stage, .visually-hidden");
    const shown = [...document.querySelector(root).querySelectorAll("*")].filter((element) => element.checkVisibility() && !isScrolled(element));
    const broken = [];
    if (document.scrollingElement.scrollWidth > innerWidth) broken.push(`the page is ${document.scrollingElement.scrollWidth} wide`);
    const holdsText = "button, summary, label, p, h2, h3, li, th, td, .bar *, .breakdown *";
    for (const element of shown.filter((element) => element.matches(holdsText) && !element.closest(".card h3, .card .facts, .dearest"))) {
      if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) broken.push(`too narrow: ${name(element)}`);
    }
    const buttons = shown.filter((element) => element.matches("button:not(.open, .explain)"));
    for (const one of buttons) {
      const a = one.getBoundingClientRect();
      for (const other of one.parentElement.querySelectorAll(":scope > button:not(.open)")) {
        const b = other.getBoundingClientRect();
        const overlaps = a.left < b.right - 1.5 && b.left < a.right - 1.5 && a.top < b.bottom - 1.5 && b.top < a.bottom - 1.5;
        if (one !== other && overlaps) broken.push(`over each other: ${name(one)}, ${name(other)}`);
      }
    }
    return broken;
  }, root);
}

test("with little room a line of the bar breaks, and is not cut", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await pick(page, fixture("bmp/bmp2.bmp"));
  await pasteSample(page, "landscape.jpg");
  await pasteSample(page, "clip.mp4");
  await expect(page.getByRole("button", { name: "Fix all" })).toBeVisible();
  const cut = await page.locator(".bar-answer").evaluate((answer) => [...answer.children].filter((line) => line.scrollWidth > line.clientWidth).map((line) => line.textContent));
  expect(cut).toEqual([]);
});

test("the bar's lines reach the edges of a wide window, and an error beside the files stretches nothing", async ({ page }) => {
  await page.setViewportSize({ width: 2560, height: 900 });
  await open(page);
  await pasteSample(page, "landscape.jpg");
  const pick = page.locator(".drop");
  const { height } = await pick.boundingBox();
  await page.getByLabel("URL of a photo or video").fill("nonsense");
  await page.getByLabel("URL of a photo or video").press("Enter");
  await expect(page.getByText("This is not a URL")).toBeVisible();
  expect((await pick.boundingBox()).height).toBe(height);
  const { y } = await page.locator(".bar").boundingBox();
  const line = await page.screenshot({ clip: { x: 0, y: y - 1, width: 2560, height: 3 } });
  // As one colour from edge to edge: what is drawn at the left is drawn in the middle.
  const pixels = await page.evaluate(async (url) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return [2, 1280, 2557].map((x) => context.getImageData(x, 0, 1, 3).data.join());
  }, `data:image/png;base64,${line.toString("base64")}`);
  expect(new Set(pixels).size).toBe(1);
});

test("nothing but the page scrolls up and down", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await pasteSample(page, "clip.mp4");
  await converse(page, "Anything?");
  for (const name of ["Cost", "Compare", "Ask", "Code"]) {
    await tab(page, name);
    const scrollers = await page.evaluate(() =>
      [...document.querySelectorAll("body *")]
        .filter((element) => element.checkVisibility() && !element.matches("textarea, select"))
        .filter((element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowY) && element.scrollHeight > element.clientHeight + 1)
        .map((element) => element.className),
    );
    expect(scrollers, name).toEqual([]);
  }
});

test("where the rules differ the answer is a range that says why, and becomes one figure where there is one rule", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("answer-usd")).toHaveText("$0.0024 to $0.0092");
  await expect(page.getByTestId("answer-tokens")).toHaveText("2,513 to 9,704");
  await expect(page.getByTestId("answer-why")).toContainText("Baseten’s docs count 9,704 tokens, the model’s own code 2,513");
  await choose(page, "claude-opus-5");
  await expect(page.getByTestId("answer-usd")).not.toContainText("to");
  await expect(page.getByTestId("answer-why")).toBeEmpty();
});

test("a size and a count give a figure without a file, and what is asked for is the files", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "12 MP" }).click();
  await expect(page.getByLabel("Width in pixels")).toHaveValue("4032");
  await page.getByLabel("Number of images").fill("3");
  await page.getByRole("button", { name: "Count", exact: true }).click();
  await expect(page.locator(".card")).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Inspect 4,032 × 3,024" }).first()).toBeFocused();
  await expect(card(page, "4,032 × 3,024").first().getByTestId("published")).toHaveText("62,208");
  await expect(page.getByTestId("answer-files")).toHaveText("3 files");
  await expect(page.getByText("These are sizes without files.")).toBeVisible();
  await expect(page.getByTestId("remark")).toHaveCount(0);
  await expect(ask(page)).toBeDisabled();
});

test("on a phone a price of two figures lies beside the verdict, not under it", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await pasteSample(page, "phone.jpg");
  await expect(page.getByTestId("answer-usd")).toContainText(" to ");
  await expect(page.getByTestId("verdict")).toContainText("warning");
  const [price, verdict] = await boxesOf(page, page.getByTestId("answer-usd").locator("button"), page.getByTestId("verdict"));
  expect(price.right).toBeLessThanOrEqual(verdict.left);
});

test("from twelve files on they are a grid", async ({ page }) => {
  await open(page);
  for (let index = 0; index < 11; index += 1) await pasteSample(page, "landscape.jpg");
  await expect(page.locator(".card")).toHaveCount(11);
  await expect(page.locator(".cards")).not.toHaveClass(/grid/);
  await pasteSample(page, "landscape.jpg");
  await expect(page.locator(".cards")).toHaveClass(/grid/);
  const [one, other] = await boxesOf(page, page.locator(".card").nth(0), page.locator(".card").nth(1));
  expect(one.y).toBe(other.y);
});

test("on a phone every button and field is large enough for a finger", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  for (const name of ["Cost", "Compare", "Ask", "Code"]) {
    await tab(page, name);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, select, summary, input:not([type=file], [type=radio], [type=checkbox], [type=range])")]
        // A figure in a line of text explains itself, and its dialog opens by the bar as well.
        .filter((element) => element.checkVisibility() && !element.matches(".explain, .visually-hidden"))
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => element.ariaLabel || element.textContent || element.type),
    );
    expect(small, name).toEqual([]);
  }
});

test("what was sent stays in sight, and the bar speaks of the next question", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await converse(page, "What is this?");
  await expect(page.locator(".card")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Sent before" })).toContainText("landscape.jpg");
  await expect(page.getByTestId("answer-files")).toHaveText("next question");
  // Beside it, however narrow the page is.
  const width = 390;
  await page.setViewportSize({ width, height: 844 });
  await expect(page.getByTestId("verdict")).toHaveText("Nothing to send yet");
  const verdict = await page.getByTestId("verdict").boundingBox();
  const answer = await page.locator(".bar-answer").boundingBox();
  expect(verdict.y).toBeGreaterThanOrEqual(answer.y);
  expect(verdict.x + verdict.width).toBeLessThanOrEqual(width);
  await page.getByRole("button", { name: "New conversation" }).click();
  await expect(page.getByRole("region", { name: "Sent before" })).toHaveCount(0);
});

for (const [tokens, rule, words, usd] of [
  // An image of 56 × 56 and one of 280 × 280 pixels, and the same text with either.
  [[16, 400], "published", "as the provider’s docs say: 400 tokens", "$0.0092"],
  [[4, 100], "processor", "as the model’s own code counts: 100 tokens", "$0.0024"],
  [[10, 20], undefined, "by neither way of counting", "$0.0024 to $0.0092"],
]) {
  test(`finding out how one is billed says its cost first, and then the figures go by what was found: ${words}`, async ({ page, baseURL }) => {
    await open(page);
    await pasteSample(page, "landscape.jpg");
    const find = page.getByText("Find out how you are billed");
    await expect(find).toHaveCount(0);
    await useOwnOrigin(page);
    await find.click();
    await expect(page.getByTestId("billing-cost")).toContainText(/That costs at most <?\$0\.\d{4,6}/);
    const asked = [];
    await page.route("**/v1/chat/completions", (route) => {
      const usage = { prompt_tokens: 20 + tokens[asked.length], completion_tokens: 1 };
      asked.push(route.request().url());
      const events = [{ choices: [{ index: 0, delta: { content: "White" }, finish_reason: "length" }] }, { choices: [], usage }];
      const body = [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
      return route.fulfill({ headers: { "content-type": "text/event-stream" }, body });
    });
    await page.getByRole("button", { name: "Send both" }).click();
    await expect(page.getByTestId("billed")).toContainText(words);
    expect(asked).toEqual(Array(2).fill(`${baseURL}/v1/chat/completions`));
    if (rule) await expect(page.getByTestId(`rule-${rule}`)).toBeChecked();
    await expect(page.getByTestId("answer-usd")).toHaveText(usd);
    // So do the rows.
    const counts = card(page, "landscape.jpg").locator(".tokens [data-testid]");
    await expect(counts).toHaveCount(rule ? 1 : 2);
    // Another endpoint may bill otherwise.
    await page.getByTestId("endpoint").selectOption("demo");
    await expect(page.getByTestId("answer-usd")).toHaveText("$0.0024 to $0.0092");
  });
}

test("an endpoint that refuses says so where it was asked how it bills, and nothing changes", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await refuseWith(page, 401, "no such key");
  await page.getByText("Find out how you are billed").click();
  await page.getByRole("button", { name: "Send both" }).click();
  await expect(page.getByRole("alert")).toContainText("answered 401: no such key");
  await expect(page.getByTestId("rule-published")).toBeChecked();
});

test("on a phone nothing at the end of the page lies under the bar", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await converse(page, "Anything?");
  const [bar, end] = await boxesAtEnd(page, page.locator(".bar"), page.locator("main"));
  expect(end.y + end.height).toBeLessThanOrEqual(bar.y);
  await expect(box(page)).toBeEnabled();
});

test("the request can be copied as JSON, with the file named in place of its data", async ({ page }) => {
  await open(page);
  await pasteSample(page, "landscape.jpg");
  await expect(page.getByTestId("published")).toHaveCount(1);
  await tab(page, "Code");
  await page.getByRole("button", { name: "JSON" }).click();
  const body = JSON.parse(await page.getByTestId("code").textContent());
  expect(body.messages[0].content[0]).toEqual({ type: "text", text: "Describe what you see." });
  expect(JSON.stringify(body)).toContain("data:image/jpeg;base64,<base64 of landscape.jpg>");
});

test("an answer of thousands of words is drawn once a frame, not once a word", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  const words = Array.from({ length: 4_000 }, (_, index) => `word${index} `);
  await answerWith(page, ...words.map((content) => ({ choices: [{ index: 0, delta: { content } }] })));
  await page.evaluate(() => {
    window.drawn = 0;
    const note = () => {
      window.drawn += 1;
    };
    new MutationObserver(note).observe(document.querySelector(".conversation"), { childList: true, subtree: true });
  });
  await converse(page, "Much?");
  await expect(page.getByTestId("answer")).toContainText("word0 word1 ");
  await expect(page.getByTestId("answer")).toContainText("word3999");
  expect(await page.evaluate(() => window.drawn)).toBeLessThan(words.length / 4);
});

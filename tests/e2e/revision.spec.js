import { expect, test } from "@playwright/test";
import { answerAsUsual, ask, box, card, closeInspector, converse, fixture, inspect, neverEnd, open, pick, refuseWith, sentBodies, status, turns, useOwnOrigin } from "./support.js";

const edit = (page, number) => turns(page).nth(number - 1).getByRole("button", { name: "Edit question" });

test("an earlier question comes back with its photos, and drops the turns behind it only when it is asked", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  await converse(page, "One?");
  await pick(page, fixture("png/rgb.png"));
  await converse(page, "Two?");
  await converse(page, "Three?");
  await box(page).fill("Half a thought");
  await edit(page, 2).click();
  await expect(box(page)).toHaveValue("Two?");
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toBeInViewport({ ratio: 1 });
  await expect(card(page, "rgb.png").getByTestId("published")).toHaveText("12");
  await expect(page.getByTestId("earlier")).toHaveCount(0);
  await expect(page.getByText("Asking it drops its answer and the turn behind it.")).toBeVisible();
  await expect(turns(page)).toHaveCount(3);

  // The way back.
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(box(page)).toHaveValue("Half a thought");
  await expect(page.locator(".card")).toHaveCount(0);

  await edit(page, 2).click();
  await converse(page, "Two, differently?");
  await expect(turns(page)).toHaveCount(2);
  expect(bodies[3].messages.map((message) => message.role)).toEqual(["user", "assistant", "user"]);
  expect(bodies[3].messages[0].content).toBe("One?");
  expect(bodies[3].messages[2].content[0].text).toBe("Two, differently?");
  await expect(box(page)).toHaveValue("Half a thought");
});

test("turns that were dropped by a question that then failed can be brought back", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await converse(page, "One?");
  await converse(page, "Two?");
  await refuseWith(page, 401, "no");
  await edit(page, 1).click();
  await box(page).fill("One, differently?");
  await ask(page).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(turns(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(turns(page)).toHaveCount(2);
  await expect(turns(page).first()).toContainText("One?");
  await expect(box(page)).toHaveValue("One, differently?");
  await answerAsUsual(page);
  await converse(page, "Three?");
  await expect(turns(page)).toHaveCount(3);
});

test("a new conversation can be undone, with its ledger", async ({ page }) => {
  const bodies = await sentBodies(page);
  await open(page);
  await useOwnOrigin(page);
  await converse(page, "One?");
  await box(page).fill("Next?");
  await page.getByRole("button", { name: "New conversation" }).click();
  await expect(turns(page)).toHaveCount(0);
  await expect(page.getByTestId("ledger")).toBeHidden();
  await expect(box(page)).toHaveValue("Next?");
  await expect(box(page)).toBeFocused();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(turns(page)).toHaveCount(1);
  await expect(page.getByTestId("ledger").locator("tbody tr")).toHaveCount(1);

  await page.getByRole("button", { name: "New conversation" }).click();
  await converse(page, "Again?");
  expect(bodies[1].messages).toHaveLength(1);
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
});

test("an answer, and the whole conversation, are copied as Markdown", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("png/rgb.png"));
  await converse(page, "One?");
  await converse(page, "Two?");
  await turns(page).first().getByRole("button", { name: "Copy answer" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeFocused();
  expect(await copied()).toMatch(/^\*\*The local tilewise endpoint answers.*\*\*\n\n- Messages: user\n/);
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  expect(await copied()).toMatch(
    /^## Question 1\n\nOne\?\n\n\*Photo: rgb\.png\*\n\n## Answer 1\n\n\*\*The local[^]*\n\n## Question 2\n\nTwo\?\n\n## Answer 2\n/,
  );
});

test("a photo and its thumbnail stay in memory as long as they can come back", async ({ page }) => {
  await page.addInitScript(() => {
    window.held = new Set();
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (file) => {
      const url = create(file);
      window.held.add(url);
      return url;
    };
    const revoke = URL.revokeObjectURL.bind(URL);
    URL.revokeObjectURL = (url) => {
      window.held.delete(url);
      revoke(url);
    };
  });
  const held = () => page.evaluate(() => window.held.size);
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("png/rgb.png"));
  await converse(page, "One?");
  const thumbnail = turns(page).locator("img");
  expect(await thumbnail.evaluate((image) => image.naturalWidth)).toBe(64);
  const asked = await held();
  expect(asked).toBeGreaterThan(0);
  await page.getByRole("button", { name: "New conversation" }).click();
  await expect(turns(page)).toHaveCount(0);
  expect(await held()).toBe(asked);
  await converse(page, "Again?");
  expect(await held()).toBe(0);

  await pick(page, fixture("png/rgb.png"));
  await inspect(page, "rgb.png");
  await closeInspector(page);
  const listed = await held();
  expect(listed).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Remove rgb.png" }).click();
  await expect(page.locator(".card")).toHaveCount(0);
  expect(await held()).toBe(listed);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect.poll(held).toBe(0);
});

test("a conversation is led, stopped, corrected and replaced by a new one by keyboard alone", async ({ page }) => {
  /** Goes to the button of this name by Tab, forwards or backwards, and presses it. */
  const press = async (name, key = "Tab") => {
    for (let step = 0; step < 60; step += 1) {
      const focused = await page.evaluate(() => document.activeElement.textContent);
      if (focused === name) return page.keyboard.press("Enter");
      await page.keyboard.press(key);
    }
    throw new Error(`${name} is not reached by ${key}`);
  };
  await open(page);
  await useOwnOrigin(page);
  await box(page).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("One?");
  await page.keyboard.press("Control+Enter");
  await expect(status(page)).toContainText("Done");
  await neverEnd(page);
  await page.keyboard.type("Two?");
  await page.keyboard.press("Control+Enter");
  await expect(turns(page)).toHaveCount(2);
  await expect(page.getByTestId("answer").last()).toContainText("local");
  await page.keyboard.press("Escape");
  await expect(status(page)).toContainText("Stopped");
  await answerAsUsual(page);
  await press("Retry", "Shift+Tab");
  await expect(status(page)).toContainText("Done");
  await expect(box(page)).toBeFocused();
  await press("Edit question", "Shift+Tab");
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveValue("Two?");
  await page.keyboard.press("Escape");
  await expect(box(page)).toHaveValue("");
  await press("Edit question", "Shift+Tab");
  await page.keyboard.press("End");
  await page.keyboard.type(" Really?");
  await page.keyboard.press("Control+Enter");
  await expect(turns(page).last()).toContainText("Two? Really?");
  await expect(status(page)).toContainText("Done");
  await expect(turns(page)).toHaveCount(2);
  await press("New conversation", "Shift+Tab");
  await expect(turns(page)).toHaveCount(0);
  await press("Undo", "Shift+Tab");
  await expect(turns(page)).toHaveCount(2);
  await expect(box(page)).toBeFocused();
});

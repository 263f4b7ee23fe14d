import { expect, test } from "@playwright/test";
import { card, choose, chosen, firstGroup, fixture, open, openCost, openPicker, option, pick, picker, tab, useOwnOrigin } from "./support.js";

const LIST = {
  data: [
    {
      id: "moonshotai/Kimi-K2.6",
      context_length: 131_072,
      input_modalities: ["text", "image"],
      pricing: { prompt: "0.000002", completion: "0.000008", input_cache_read: "0.0000005" },
    },
    {
      id: "example/Unheard-Of",
      name: "Unheard Of",
      context_length: 64_000,
      input_modalities: ["text", "image"],
      pricing: { prompt: "0.000001", completion: "0.000003" },
    },
    { id: "example/Writer", name: "Writer", input_modalities: ["text"], pricing: { prompt: "0.0000001" } },
  ],
};

const askForModels = (page) => page.getByRole("button", { name: "Ask the endpoint for its models" });
const facts = (page) => page.getByTestId("model-facts");

const listWith = (page, answer) => page.route("**/v1/models", (route) => route.fulfill(answer));

test("the first model is Baseten's newest, and every provider's can be found", async ({ page }) => {
  await page.goto("/");
  await page.mouse.move(1, 1);
  await expect(chosen(page)).toContainText("Kimi K3");
  await expect(facts(page)).toContainText("Counted exactly as kimi-k3 counts");
  await expect(facts(page)).toContainText("Its limits are assumed");
  const field = await openPicker(page);
  await field.fill("opus 5");
  await expect(option(page, "claude-opus-5")).toBeVisible();
  await expect(option(page, "moonshotai/Kimi-K3")).toBeHidden();
  await option(page, "claude-opus-5").click();
  await expect(chosen(page)).toContainText("Claude Opus 5");
  await expect(chosen(page)).toBeFocused();
  await pick(page, fixture("jpeg/baseline.jpg"));
  await expect(card(page, "baseline.jpg").getByTestId("processor")).toHaveCount(0);
  await expect(card(page, "baseline.jpg").getByTestId("published")).toHaveText("15");
  await expect(facts(page)).toContainText("Counted exactly as claude counts");
});

test("a model that was switched off says so, with the day", async ({ page }) => {
  await open(page);
  await expect(facts(page)).toContainText("Its provider switched it off on 16 Oct 2026.");
  await openCost(page);
  await expect(page.getByText("Kimi K2.6 was switched off by its provider on 2026-10-16.").first()).toBeVisible();
});

test("one family at two providers is two choices", async ({ page }) => {
  await open(page);
  await choose(page, "open:kimi-k3");
  await expect(facts(page)).toContainText("Its prices are not known.");
  await choose(page, "kimi-k3");
  await expect(facts(page)).toContainText("$3.00 in");
});

test("the endpoint's own prices and context win in all figures", async ({ page }) => {
  await listWith(page, { json: LIST });
  await open(page);
  await pick(page, fixture("png/claims-4-billion-pixels.png"));
  await expect(facts(page)).toContainText("Per 1M tokens: $0.95 in · $0.16 cached · $4.00 out");
  await expect(card(page, "claims-4-billion-pixels.png").getByTestId("usd")).toContainText("$20.8162");
  await expect(askForModels(page)).toBeHidden();
  await useOwnOrigin(page);
  await askForModels(page).click();
  await expect(facts(page)).toContainText("Per 1M tokens: $2.00 in · $0.50 cached · $8.00 out");
  await expect(facts(page)).toContainText("Context 131,072 tokens");
  await expect(card(page, "claims-4-billion-pixels.png").getByTestId("usd")).toContainText("$43.8235");
  await openCost(page);
  await expect(page.getByText("the model's context holds 131,072")).toBeVisible();
  await tab(page, "Ask");
  await expect(chosen(page)).toContainText("Kimi K2.6");

  // Another endpoint has its own prices.
  await page.getByTestId("endpoint").selectOption("demo");
  await expect(facts(page)).toContainText("$0.95 in");
});

test("a model that only the endpoint knows has its prices, and no rule", async ({ page }) => {
  await listWith(page, { json: LIST });
  await open(page);
  await useOwnOrigin(page);
  await pick(page, fixture("png/rgb.png"));
  await askForModels(page).click();
  await choose(page, "example/Unheard-Of");
  await expect(facts(page)).toContainText("Per 1M tokens: $1.00 in · $3.00 out");
  await expect(facts(page)).toContainText("It is not known how it counts photos and videos");
  await expect(card(page, "rgb.png")).toContainText("count not known");
  await choose(page, "example/Writer");
  await expect(facts(page)).toContainText("The endpoint does not say that it takes photos.");
  await choose(page, "moonshotai/Kimi-K2.5");
  await expect(facts(page)).toContainText("The endpoint does not list this model.");
});

test("the local endpoint's list is understood", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  await askForModels(page).click();
  await expect.poll(() => firstGroup(page)).toBe("Listed by the endpoint");
});

for (const [name, answer, words] of [
  ["refuses", { status: 401, json: { error: { message: "no such key" } } }, "answered 401: no such key. Check the API key"],
  ["is no endpoint", { contentType: "text/html", body: "<!doctype html><p>Hello" }, "list of models"],
]) {
  test(`an endpoint that ${name} says so beside the button, and the offline list stays`, async ({ page }) => {
    await listWith(page, answer);
    await open(page);
    await useOwnOrigin(page);
    await askForModels(page).click();
    await expect(page.locator(".listing").getByRole("alert")).toContainText(words);
    await expect(askForModels(page)).toBeEnabled();
    await expect(chosen(page)).toContainText("Kimi K2.6");
    await expect(facts(page)).toContainText("$0.95 in");
  });
}

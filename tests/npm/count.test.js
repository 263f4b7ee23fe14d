/** The provider's own count, and by which rule an endpoint counts, against the local endpoint that plays each of them. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { json } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { baseUrl, origin } from "./support/environment.js";
import { CLIP, fixture, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";

const project = await createProject({ after });
const { calibrate, countOnServer, forecastCalibration, inspect } = await project.load();
const data = fixture(PHOTO);
const facts = await inspect(data);

const PROVIDERS = {
  anthropic: "claude-opus-5",
  openai: "gpt-5.4",
  moonshot: "kimi-k2.6",
  google: "gemini-2.5-flash",
  open: "kimi-k2.5",
};
const draft = (provider, more) => ({
  provider, model: PROVIDERS[provider], system: "Be brief.", text: "What is this?", media: [{ facts, via: "base64", data }],
  history: [{ text: "one two", media: [{ facts, via: "base64", data }] }, { role: "assistant", content: "three four five" }], ...more,
});
const at = (fault) => `${origin}/faults/${fault}/v1`;

for (const provider of Object.keys(PROVIDERS)) {
  describe(`the endpoint of ${provider}`, () => {
    test("counts text and images of all turns", async () => {
      // Ten words, and two images of 12 tokens with 5 around each.
      assert.deepEqual(await countOnServer(draft(provider), { baseUrl }), { inputTokens: 10 + 2 * (12 + 5) });
    });

    test("is asked again where it fails for a moment", async () => {
      const options = { baseUrl: at(`status-503-once;retry-after=0;id=count-${provider}`) };
      assert.ok((await countOnServer(draft(provider), options)).inputTokens > 0);
    });

    for (const [fault, code] of [["status-401", "http"], ["html", "stream"], ["error-object", "stream"], ["no-count", "stream"]]) {
      test(`fails with "${code}" where the answer is ${fault}`, async () => {
        await assert.rejects(countOnServer(draft(provider), { baseUrl: at(fault), maxRetries: 0 }), { name: "TilewiseError", code });
      });
    }

    test("says by which rule it counts, for nothing", async () => {
      const options = { model: PROVIDERS[provider], provider };
      const { follows, tokens, usd } = await calibrate({ ...options, baseUrl });
      assert.equal(tokens.large - tokens.small, 96);
      assert.equal(usd, 0);
      assert.ok(["published", "processor", "neither"].includes(follows));
    });
  });
}

test("a count of Kimi follows the rule by which the endpoint counts", async () => {
  const options = { model: PROVIDERS.open, provider: "open" };
  assert.deepEqual(await calibrate({ ...options, baseUrl }), {
    follows: "processor", tokens: { small: 4 + 9, large: 4 + 105 }, tokensPerImage: 100, usd: 0,
  });
  // It lies.
  const { follows, tokensPerImage } = await calibrate({ ...options, baseUrl: at("tiles") });
  assert.deepEqual([follows, tokensPerImage], ["neither", 384]);
});

test("where nothing counts for nothing, two answers of one token tell", async () => {
  const { follows, tokens, tokensPerImage, usd } = await calibrate({ model: "moonshotai/Kimi-K2.5", baseUrl });
  assert.deepEqual([follows, tokensPerImage], ["processor", 100]);
  assert.equal(tokens.large - tokens.small, 96);
  assert.ok(Math.abs(usd - ((tokens.small + tokens.large) * 0.6 + 2 * 3) / 1e6) < 1e-12);
});

test("what a calibration will cost is known before anything is sent", async () => {
  const options = { model: "moonshotai/Kimi-K2.5" };
  const { inputTokens, usd } = await forecastCalibration(options);
  assert.ok(Math.abs(usd - (inputTokens * 0.6 + 2 * 3) / 1e6) < 1e-12);
  const paid = await calibrate({ ...options, baseUrl });
  assert.ok(paid.usd <= usd && paid.tokens.small + paid.tokens.large <= inputTokens);
  assert.equal((await forecastCalibration({ model: PROVIDERS.moonshot, provider: "moonshot" })).usd, 0);
  for (const given of [{ model: "?" }, {}, undefined]) {
    await assert.rejects(forecastCalibration(given), { code: "invalid_argument", message: /^options\.model: / });
  }
});

test("a calibration that fails halfway says how", async (context) => {
  let requests = 0;
  const server = await serve(context, (_, response) => {
    requests += 1;
    if (requests === 2) response.writeHead(401);
    response.end(JSON.stringify({ data: { total_tokens: 30 } }));
  });
  const options = { model: PROVIDERS.moonshot, provider: "moonshot", baseUrl: server };
  await assert.rejects(calibrate(options), { code: "http", status: 401 });
  assert.equal(requests, 2);
});

test("an answer that reports no input tells nothing", async () => {
  await assert.rejects(calibrate({ model: "moonshotai/Kimi-K2.5", baseUrl: at("no-usage") }), { code: "stream", message: /no input/ });
});

test("a count that takes too long is aborted, and nothing is left open", async (context) => {
  const events = new EventEmitter();
  const slow = await serve(context, (request, response) => {
    response.on("close", () => events.emit("closed"));
    events.emit("asked", request.url);
  });
  const controller = new AbortController();
  const asked = once(events, "asked");
  const closed = once(events, "closed");
  const counting = countOnServer(draft("moonshot"), { baseUrl: slow, signal: controller.signal });
  assert.deepEqual(await asked, ["/tokenizers/estimate-token-count"]);
  controller.abort();
  await assert.rejects(counting, { code: "aborted" });
  await closed;
  await assert.rejects(calibrate({ model: "kimi-k2.6", provider: "moonshot", baseUrl: slow, signal: AbortSignal.abort() }), { code: "aborted" });
});

test("a count that does not come ends in time", async (context) => {
  const silent = await serve(context, () => {});
  const options = { baseUrl: silent, timeoutMs: 100, maxRetries: 0 };
  await assert.rejects(countOnServer(draft("moonshot"), options), { code: "timeout" });
});

test("what is no count is none", async (context) => {
  let count;
  const server = await serve(context, (_, response) => response.end(`{"data":{"total_tokens":${count}}}`));
  const ask = () => countOnServer(draft("moonshot"), { baseUrl: server });
  for (count of ["-1", "1.5", '"12"', "null", "1e400", "[12]", "true", "12}} {", `12,"${"x".repeat(100_000)}":1`]) {
    await assert.rejects(ask(), { name: "TilewiseError", code: "stream" }, count.slice(0, 20));
  }
  count = "12";
  assert.deepEqual(await ask(), { inputTokens: 12 });
});

test("keys and versions travel in the headers of each protocol", async (context) => {
  let headers;
  const server = await serve(context, (request, response) => {
    headers = request.headers;
    response.end(JSON.stringify({ input_tokens: 1, totalTokens: 1, data: { total_tokens: 1 } }));
  });
  const ask = (provider) => countOnServer(draft(provider), { baseUrl: server, apiKey: "key" });
  await ask("anthropic");
  assert.deepEqual([headers["x-api-key"], headers["anthropic-version"], headers.authorization], ["key", "2023-06-01", undefined]);
  await ask("google");
  assert.equal(headers["x-goog-api-key"], "key");
  for (const provider of ["openai", "moonshot", "open"]) {
    await ask(provider);
    assert.equal(headers.authorization, "Bearer key");
  }
});

test("a video is counted where the provider's documents have it, and refused before anything is sent elsewhere", async () => {
  const clip = fixture(CLIP);
  const media = [{ facts: await inspect(clip), via: "base64", data: clip }];
  const sent = [];
  const server = await serve({ after }, async (request, response) => {
    sent.push(await json(request));
    response.end(JSON.stringify({ totalTokens: 7, data: { total_tokens: 7 } }));
  });
  for (const provider of ["google", "moonshot"]) {
    assert.deepEqual(await countOnServer(draft(provider, { media }), { baseUrl: server }), { inputTokens: 7 });
  }
  const data = Buffer.from(clip).toString("base64");
  const [google, moonshot] = sent;
  assert.deepEqual(google.generateContentRequest.contents.at(-1).parts[1], { inlineData: { mimeType: "video/mp4", data } });
  assert.deepEqual(moonshot.messages.at(-1).content[1], { type: "video_url", video_url: { url: `data:video/mp4;base64,${data}` } });
  for (const provider of ["anthropic", "openai", "open"]) {
    const message = /^media\[0\]\.facts: this endpoint counts no videos/;
    await assert.rejects(countOnServer(draft(provider, { media }), { baseUrl: server }), { code: "invalid_argument", message });
  }
  assert.equal(sent.length, 2);
});

test("what cannot be counted is refused before anything is sent", async () => {
  const refused = (given, message) => assert.rejects(countOnServer(given, { baseUrl: "http://127.0.0.1:1" }), { code: "invalid_argument", message });
  await refused({ model: "moonshotai/Kimi-K3", text: "Hello", media: [] }, /Baseten has no endpoint that counts/);
  await refused(draft("openai", { extra: { tools: [{}] } }), /^draft\.extra\.tools: /);
  await refused(draft("google", { media: [{ facts, via: "url", url: "https://example.com/a.jpg" }] }), /media\[0\]\.via: /);
  await refused(draft("moonshot", { media: [{ facts, via: "base64" }] }), /media\[0\]\.data: missing/);
  await assert.rejects(calibrate({ model: "?" }), { code: "invalid_argument", message: /^options\.model: / });
  await assert.rejects(calibrate({}), { code: "invalid_argument", message: /^options\.model: / });
});

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { baseUrl } from "./support/environment.js";
import { byBase64, draft, fixture, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";

const tilewise = await (await createProject({ after })).load();
const { default: init, chat, estimate, inspect, listModels, models, reconcile, requestBody } = tilewise;
await init();

const photo = fixture(PHOTO);
const part = { ...byBase64(photo), facts: await inspect(photo) };
const MODEL = "moonshotai/Kimi-K2.6";

/** A server that answers every request alike. */
const answering = (context, body, headers = { "content-type": "application/json" }) =>
  serve(context, (_, response) => response.writeHead(200, headers).end(body));

const caught = (promise) => promise.then(assert.fail, (error) => error);

describe("an earlier question", { concurrency: true }, () => {
  const first = { role: "user", text: "What is this?", media: [part] };
  const answer = { role: "assistant", content: "A shore." };
  const second = draft({ text: "And now?", history: [first, answer] });

  test("is sent again with its image, and counted", async () => {
    const { messages } = await requestBody(second);
    const [alone] = (await requestBody(draft({ text: first.text, media: [part] }))).messages;
    assert.deepEqual(messages, [alone, answer, { role: "user", content: "And now?" }]);

    const expected = estimate(second);
    const [{ tokens }] = estimate(draft({ media: [part] })).media;
    assert.equal(expected.earlierMediaTokens, tokens.published);
    assert.equal(expected.bodyBytes, JSON.stringify(await requestBody(second)).length);
    assert.deepEqual(expected.media, []);
  });

  test("counts the same in the endpoint's own format", async () => {
    const { messages } = await requestBody(second);
    const raw = estimate(draft({ text: "And now?", history: messages.slice(0, 2) }));
    const typed = estimate(second);
    assert.equal(raw.inputTokens, typed.inputTokens);
    assert.equal(raw.bodyBytes, typed.bodyBytes);
    assert.deepEqual(raw.bounds, typed.bounds);
  });

  test("is answered and billed with the new one", async () => {
    const { usage } = await chat(second, { baseUrl, maxRetries: 0 }).result;
    const { low, high } = estimate(second).bounds.processor;
    assert.ok(low <= usage.inputTokens && usage.inputTokens <= high, JSON.stringify([low, usage, high]));
  });

  test("without its data is refused by its place", async () => {
    const history = [{ ...first, media: [{ ...part, data: undefined }] }];
    const error = await caught(requestBody(draft({ history })));
    assert.equal(error.message, "history[0].media[0].data: missing");
  });
});

describe("an answer that is cut off", { concurrency: true }, () => {
  test("leaves what came of it in the error, and what it may have cost follows from that", async (context) => {
    const event = (value) => `data: ${JSON.stringify(value)}\n\n`;
    const delta = (delta) => event({ id: "c1", choices: [{ index: 0, delta }] });
    const stream = [{ reasoning_content: "Hm." }, { content: "A " }, { content: "shore" }].map(delta).join("");
    const server = await answering(context, stream, { "content-type": "text/event-stream" });
    const request = draft({ maxTokens: 100 });
    const { code, partial } = await caught(chat(request, { baseUrl: server, maxRetries: 0 }).result);
    assert.equal(code, "stream");
    assert.deepEqual([partial.id, partial.text, partial.reasoning, partial.usage], ["c1", "A shore", "Hm.", null]);
    const { lowUsd, highUsd } = reconcile(estimate(request), partial.usage, partial).cost;
    assert.ok(0 < lowUsd && lowUsd < highUsd);
  });

  test("by its reader as well", async (context) => {
    const server = await serve(context, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: "A " } }] })}\n\n`);
    });
    const stream = chat(draft(), { baseUrl: server });
    for await (const event of stream) if (event.type === "text") break;
    const { code, partial } = await caught(stream.result);
    assert.deepEqual([code, partial.text], ["aborted", "A "]);
  });
});

describe("listModels", { concurrency: true }, () => {
  const listed = (list) => async (context) => {
    const server = await answering(context, JSON.stringify(list));
    return listModels({ baseUrl: server });
  };
  const dear = {
    data: [
      { id: MODEL, context_length: 50, pricing: { prompt: "0.000002", completion: "0.000004" } },
      { id: "new/vision", input_modalities: ["text", "image"], pricing: { prompt: "0.000001", completion: "0" } },
    ],
  };

  test("finds at the local endpoint what the catalogue knows", async () => {
    const found = await listModels({ baseUrl });
    const known = models({ provider: "baseten" });
    assert.deepEqual(found.map(({ id }) => id).sort(), known.map(({ id }) => id).sort());
    for (const model of found) {
      const offline = known.find(({ id }) => id === model.id);
      assert.deepEqual([model.price, model.limits, model.formats], [offline.price, offline.limits, offline.formats]);
      assert.equal(model.listed, true);
      assert.equal(offline.listed, null);
      const source = model.sources.find(({ what }) => what === "price.input");
      assert.deepEqual(source, { ...source, url: `${baseUrl}/models`, checked: new Date().toISOString().slice(0, 10) });
    }
  });

  test("gives live prices and context, which estimate and chat then go by", async (context) => {
    const list = await listed(dear)(context);
    const request = draft({ model: MODEL, media: [part], maxTokens: 100 });
    const expected = estimate(request, { models: list });
    assert.equal(expected.price.input, 2);
    assert.equal(expected.price.cachedInput, 0.16);
    assert.ok(expected.violations.some(({ code, severity }) => code === "context_exceeded" && severity === "error"));
    const error = await caught(chat(request, { baseUrl, estimate: { models: list } }).result);
    assert.equal(error.code, "limit");
  });

  test("prices a vision model that only the endpoint knows, and claims no rule for it", async (context) => {
    const list = await listed(dear)(context);
    const model = list.find(({ id }) => id === "new/vision");
    assert.deepEqual([model.vision, model.formats, model.limits.maxImages], [true, [], null]);
    const { media, cost, notes, violations } = estimate(draft({ model: model.id, media: [part] }), { models: list });
    assert.deepEqual(media[0].tokens, { published: null, processor: null });
    assert.ok(cost.inputUsd > 0);
    assert.ok(notes.some((note) => note.startsWith("No rule is known")));
    assert.deepEqual(violations.filter(({ severity }) => severity === "error"), []);
    const offline = list.find(({ id }) => id === "moonshotai/Kimi-K2.5");
    assert.equal(offline.listed, false);
  });

  test("sends the key, and tries again", async (context) => {
    const seen = [];
    const server = await serve(context, ({ method, url, headers }, response) => {
      seen.push([method, url, headers.authorization]);
      if (seen.length === 1) response.writeHead(503, { "retry-after": "0" }).end();
      else response.writeHead(200).end('{"data":[]}');
    });
    const found = await listModels({ baseUrl: `${server}/v1/`, apiKey: "secret" });
    assert.deepEqual(seen, Array(2).fill(["GET", "/v1/models", "Bearer secret"]));
    assert.ok(found.every(({ listed }) => listed === false));
  });

  test("says what came in place of a list", async (context) => {
    const page = await answering(context, "<!doctype html>");
    const { code, body } = await caught(listModels({ baseUrl: page }));
    assert.deepEqual([code, body], ["stream", "<!doctype html>"]);
    const refusing = await serve(context, (_, response) => response.writeHead(401).end('{"error":"no such key"}'));
    const refused = await caught(listModels({ baseUrl: refusing }));
    assert.deepEqual([refused.code, refused.status], ["http", 401]);
  });
});

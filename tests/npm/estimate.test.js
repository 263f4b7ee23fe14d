import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { byBase64, byUrl, draft, fixture, imageFacts, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";

const tilewise = await (await createProject({ after })).load();
const { compare, default: init, estimate, models, reconcile, requestBody, snippet, TilewiseError } = tilewise;
await init();

const SQUARE = { width: 256, height: 256 };

/** The drafts here are for models that were switched off, which another test is about. */
const isNotRetired = ({ code }) => code !== "model_retired";

const isInvalid = (error) => error instanceof TilewiseError && error.code === "invalid_argument";

describe("estimate", () => {
  test("counts and prices an image by the published rule, and by the processor's beside it", () => {
    const { rule, media, mediaTokens } = estimate(draft({ media: [byUrl(SQUARE)] }));
    assert.equal(rule, "published");
    assert.equal(mediaTokens, 324);
    const [{ tokens, grid, frames, usd }] = media;
    assert.deepEqual(tokens, { published: 324, processor: 100 });
    assert.deepEqual([grid.columns, grid.rows, grid.tile], [18, 18, 14]);
    assert.equal(frames, 1);
    assert.equal(usd, 0.0001944);
  });

  test("counts by the rule that is asked for", () => {
    const request = draft({ media: [byUrl(SQUARE), byUrl(SQUARE)] });
    const { mediaTokens, media } = estimate(request, { rule: "processor" });
    assert.equal(mediaTokens, 200);
    assert.deepEqual(
      media.map(({ usd }) => usd),
      [0.00006, 0.00006],
    );
  });

  test("says of what is no draft which field is missing", () => {
    assert.throws(() => estimate([]), { code: "invalid_argument", message: "draft.model: missing" });
    assert.throws(() => estimate({ model: "m", text: "?" }), { code: "invalid_argument", message: "draft.media: missing" });
  });

  test("says of what is wrong where it is and what belongs there", () => {
    const wrong = (facts) => ({ ...byUrl(facts), facts: { ...byUrl().facts, ...facts } });
    const history = [{ text: "?", media: [wrong({ height: -1 })] }];
    const cases = [
      [draft({ media: [byUrl(), wrong({ width: "10" })] }), undefined, "draft.media[1].facts.width: expected a whole number, 0 or more, not a string"],
      [draft({ media: [wrong({ width: 2 ** 53 })] }), undefined, "draft.media[0].facts.width: expected a whole number, 0 or more, not this number"],
      [draft({ media: [wrong({ orientation: 9 })] }), undefined, "draft.media[0].facts.orientation: an orientation is 1 to 8"],
      [draft({ media: {} }), undefined, "draft.media: expected an array, not an object"],
      [draft({ text: undefined }), undefined, "draft.text: missing"],
      [draft({ history }), undefined, "draft.history[0].media[0].facts.height: expected a whole number, 0 or more, not this number"],
      [draft(), { rule: "guess" }, "options.rule: unknown variant `guess`, expected `published` or `processor`"],
      [draft(), { price: { input: "1" } }, "options.price.input: expected a number, not a string"],
      [draft(), { model: { family: "claude", parameters: { patch: null } } }, "options.model.parameters.patch: expected a whole number, 0 or more, not nothing"],
    ];
    for (const [request, options, message] of cases) {
      assert.throws(() => estimate(request, options), { code: "invalid_argument", message });
    }
  });

  test("stops counting at what a number holds exactly, and takes its own figures back", () => {
    const side = 2 ** 53 - 1;
    const found = estimate(draft({ media: [byUrl({ width: side, height: side })] }));
    assert.equal(found.mediaTokens, 2 ** 53 - 1);
    assert.equal(reconcile(found, { inputTokens: 5 }).inputTokens.estimated, found.inputTokens);
  });

  test("adds text, and bounds it", () => {
    const { text, mediaTokens, inputTokens } = estimate(draft({ media: [byUrl()] }));
    assert.ok(0 < text.low && text.low <= text.tokens && text.tokens <= text.high);
    assert.equal(inputTokens, mediaTokens + text.tokens);
  });

  test("takes prices, the cached share and the room for output into account", () => {
    const request = draft({ media: [byUrl(SQUARE)], maxTokens: 1000 });
    const options = { price: { input: 1, cachedInput: 0, output: 2 }, cachedShare: 1 };
    assert.deepEqual(estimate(request, options).cost, { inputUsd: 0, maxOutputUsd: 0.002 });
    const { cost, inputTokens } = estimate(request, { ...options, cachedShare: 0 });
    assert.equal(cost.inputUsd, inputTokens / 1_000_000);
  });

  test("knows no price and no rule for a model that is not in the catalogue, and says so", () => {
    const { cost, media, violations } = estimate(draft({ model: "someone/else", media: [byUrl()] }));
    assert.deepEqual(cost, { inputUsd: null, maxOutputUsd: null });
    assert.deepEqual(media[0].tokens, { published: null, processor: null });
    assert.equal(violations[0].code, "unknown_model");
  });

  test("finds a body that is too large for base64", () => {
    const { bodyBytes, violations } = estimate(draft({ media: [byBase64(new Uint8Array(4_000_000))] }));
    const found = violations.filter(isNotRetired);
    assert.equal(found.length, 1);
    const [{ code, severity, media, actual, allowed, message, fix }] = found;
    assert.deepEqual(
      { code, severity, media, actual, allowed },
      { code: "body_too_large", severity: "error", media: null, actual: bodyBytes, allowed: 5_000_000 },
    );
    assert.match(message, /5\.3\d* MB/);
    assert.match(fix, /URL/);
  });

  test("finds what is wrong with each media item, and names it by its index", () => {
    const media = [
      byUrl(),
      { ...byUrl(), url: "http://example.com/photo.jpg" },
      { ...byUrl(), url: "https://localhost/photo.jpg" },
      byUrl({ format: "tiff", mime: "image/tiff" }),
      byUrl({ orientation: 6 }),
      byUrl({ animated: true }),
      byUrl({ bytes: null }),
      byUrl({ bytes: 95_000_000 }),
    ];
    const { violations } = estimate(draft({ media }));
    assert.deepEqual(
      violations.filter(isNotRetired).map(({ media, code, severity }) => [media, code, severity]),
      [
        [1, "url_not_https", "error"],
        [2, "url_not_public", "error"],
        [3, "unsupported_format", "error"],
        [4, "rotated", "warning"],
        [5, "animated", "warning"],
        [6, "size_unknown", "warning"],
        [7, "image_too_large", "error"],
      ],
    );
  });

  test("counts by the family of any provider's model, and says how sure that is", () => {
    const photo = byUrl({ width: 1920, height: 1080 });
    const counted = ({ provider, id }) => {
      const { rule, certainty, media } = estimate({ ...draft({ media: [photo] }), model: id, provider });
      return [rule, media[0].tokens[rule], certainty];
    };
    assert.deepEqual(counted({ provider: "baseten", id: "moonshotai/Kimi-K3" }), ["processor", 2691, "exact"]);
    assert.deepEqual(counted({ provider: "anthropic", id: "claude-opus-5" }), ["published", 2691, "exact"]);
    assert.deepEqual(counted({ provider: "openai", id: "gpt-6-astra" }), ["published", 2448, "exact"]);
    assert.deepEqual(counted({ provider: "google", id: "gemini-3-flash-preview" }), ["published", 1100, "assumed"]);
  });

  test("gives the range of both rules, and the size that the model sees", () => {
    const { bounds, media, price, range } = estimate(draft({ media: [byUrl({ width: 8000, height: 6000 })] }));
    assert.deepEqual([range.lowTokens, range.highTokens], [bounds.processor.low, bounds.published.high]);
    assert.ok(Math.abs(range.highUsd - (range.highTokens * price.input) / 1e6) < 1e-12);
    assert.ok(media[0].seen.width < 8000 && media[0].seen.width > 1000);
  });

  test("warns of a model that is switched off, with another one", () => {
    const [{ code, severity, fix }] = estimate(draft({ media: [] })).violations;
    assert.deepEqual([code, severity], ["model_retired", "warning"]);
    assert.match(fix, /moonshotai\/Kimi-K3/);
  });

  test("takes a model of one's own, and names what is wrong with it", () => {
    const request = { ...draft({ media: [byUrl({ width: 1920, height: 1080 })] }), model: "my/own" };
    const model = { family: "qwen3-vl", parameters: { max_pixels: 1_048_576 }, price: { input: 2 } };
    const own = estimate(request, { model });
    assert.ok(own.mediaTokens > 0 && own.mediaTokens <= 1024);
    assert.equal(own.price.input, 2);
    const wrong = (model) => () => estimate(request, { model });
    assert.throws(wrong({ family: "qwen" }), ({ code, message }) => code === "invalid_argument" && message.startsWith('model.family: there is no family "qwen"'));
    assert.throws(wrong({ family: "claude", parameters: { patch: 1 } }), { message: "model.parameters.patch: the family has no such parameter" });
    assert.throws(wrong({ family: "claude", parameters: { tile_px: -1 } }), isInvalid);
  });

  test("notes old figures where it is told the day", () => {
    const notes = (today) => estimate(draft({ media: [] }), { today }).notes.join(" ");
    assert.match(notes("2028-01-01"), /days ago/);
    assert.doesNotMatch(notes(undefined), /days ago/);
    assert.throws(() => notes("tomorrow"), isInvalid);
  });

  test("holds a draft to other limits when told to", () => {
    const request = draft({ media: [byUrl(), byUrl()] });
    const codes = (limits) => estimate(request, { limits }).violations.filter(isNotRetired).map(({ code }) => code);
    assert.deepEqual(codes({ maxImages: 1 }), ["too_many_images"]);
    assert.deepEqual(codes({ maxMediaBytes: 600_000 }), ["media_too_large"]);
  });

  test("takes options that are undefined as left out", () => {
    const request = draft({
      media: [{ ...byUrl(), data: undefined, detail: undefined }],
      system: undefined,
      history: undefined,
      maxTokens: undefined,
      extra: undefined,
    });
    const options = {
      rule: undefined,
      price: undefined,
      limits: undefined,
      sampleFps: undefined,
      cachedShare: undefined,
    };
    assert.deepEqual(estimate(request, options), estimate(draft({ media: [byUrl()] })));
  });

  describe("refuses", () => {
    const options = {
      "an unknown rule": { rule: "guess" },
      "a negative price": { price: { input: -1 } },
      "a price that is no number": { price: { input: Number.NaN } },
      "a cached share above 1": { cachedShare: 1.1 },
      "a video without samples": { sampleFps: 0 },
      "a negative limit": { limits: { maxImages: -1 } },
    };
    for (const [name, wrong] of Object.entries(options)) {
      test(name, () => assert.throws(() => estimate(draft(), wrong), isInvalid));
    }
  });
});

describe("requestBody", () => {
  test("is the body that asks for a stream with usage, and the draft's media in order", async () => {
    const request = draft({
      system: "Be brief.",
      history: [{ role: "assistant", content: "Hello." }],
      media: [{ ...byUrl(), detail: "high" }, byBase64(new Uint8Array([1, 2, 3, 4]))],
      maxTokens: 100,
      extra: { temperature: 0.1 },
    });
    assert.deepEqual(await requestBody(request), {
      model: "moonshotai/Kimi-K2.5",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "assistant", content: "Hello." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "https://example.com/photo.jpg", detail: "high" } },
            { type: "image_url", image_url: { url: "data:image/jpeg;base64,AQIDBA==" } },
          ],
        },
      ],
      max_tokens: 100,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.1,
    });
  });

  test("asks for the answer in one piece when told to", async () => {
    const body = await requestBody(draft(), { stream: false });
    assert.deepEqual(Object.keys(body), ["model", "messages"]);
  });

  test("takes options that are undefined as left out", async () => {
    assert.equal((await requestBody(draft(), { stream: undefined })).stream, true);
  });

  describe("has the very length that estimate tells, with", () => {
    const photo = fixture(PHOTO);
    const drafts = {
      "text alone": {},
      "no text": { text: "", media: [byUrl()] },
      "every kind of character": { text: "\0\b\t\n\f\r\u001f\"\\/\u007f é 漢字 \u2028 👩‍👩‍👧‍👦" },
      "half an emoji": { text: "👍".slice(0, 1), system: "👍".slice(1) },
      "half an emoji in history": { history: [{ role: "user", content: "👍".slice(0, 1) }] },
      "a system prompt and earlier turns": {
        system: "Antworte auf „Deutsch“.",
        history: [
          { role: "user", content: [{ type: "text", text: "Grüße" }] },
          { role: "assistant", content: null, tool_calls: [{ id: "1", at: new Date(0), none: undefined }] },
        ],
      },
      "numbers of every kind": {
        maxTokens: 4096,
        extra: { a: 0.1, b: 1e21, c: -0, d: 5e-324, e: 2 ** 53, f: -1.5e-7, g: Number.NaN, h: 1e300 },
      },
      "nested extra fields": {
        extra: {
          stream_options: { include_usage: false },
          response_format: { type: "json_schema", schema: { "ключ \"": [true, null, [], {}] } },
          left_out: undefined,
        },
      },
      "base64 of each length": { media: [0, 1, 2, 3].map((rest) => byBase64(photo.subarray(rest))) },
      "base64 of a Blob, a File and a buffer": {
        media: [new Blob([photo]), new File([photo], "a.jpg"), photo.buffer].map((data) => byBase64(data)),
      },
      "base64 that is encoded in slices": { media: [byBase64(new Uint8Array(1_000_001).fill(200))] },
      "a URL with every kind of character": { media: [{ ...byUrl(), url: 'https://example.com/ü"\\' }] },
    };
    for (const [name, fields] of Object.entries(drafts)) {
      test(name, async () => {
        const request = draft(fields);
        const body = JSON.stringify(await requestBody(request));
        assert.equal(estimate(request).bodyBytes, Buffer.byteLength(body));
      });
    }
  });

  test("passes numbers and nested fields on as they are", async () => {
    const extra = { a: 0.1, b: 1e21, c: 123456789012345680000, d: [{ e: null }] };
    const body = await requestBody(draft({ extra }));
    const { a, b, c, d } = body;
    assert.deepEqual({ a, b, c, d }, extra);
  });

  test("does not keep or change what it is given", async () => {
    const data = fixture(PHOTO);
    const request = Object.freeze(draft({ media: Object.freeze([Object.freeze(byBase64(data))]) }));
    await requestBody(request);
    assert.deepEqual(data, fixture(PHOTO));
  });
});

describe("a draft is refused with", () => {
  const photo = byUrl();
  const drafts = {
    "nothing in it": undefined,
    "null in its place": null,
    "no model": draft({ model: undefined }),
    "a text that is none": draft({ text: 5 }),
    "no media": draft({ media: undefined }),
    "media that are no list": draft({ media: {} }),
    "a media item without facts": draft({ media: [{ ...photo, facts: undefined }] }),
    "facts of a negative size": draft({ media: [{ ...photo, facts: imageFacts({ width: -1 }) }] }),
    "an unknown way for a media item": draft({ media: [{ ...photo, via: "mail" }] }),
    "an unknown detail": draft({ media: [{ ...photo, detail: "huge" }] }),
    "data that are none": draft({ media: [{ ...photo, via: "base64", data: "abc" }] }),
    "a negative maxTokens": draft({ maxTokens: -1 }),
    "a fraction of maxTokens": draft({ maxTokens: 1.5 }),
    "a history that is no list": draft({ history: {} }),
    "a history without roles": draft({ history: [{ content: "Hello" }] }),
    "an extra field that JSON cannot hold": draft({ extra: { big: 1n } }),
    "extra fields that are no object": draft({ extra: "temperature" }),
  };
  for (const [name, wrong] of Object.entries(drafts)) {
    test(name, async () => {
      assert.throws(() => estimate(wrong), isInvalid);
      assert.throws(() => snippet(wrong, "python"), isInvalid);
      await assert.rejects(requestBody(wrong), isInvalid);
    });
  }
});

describe("a body cannot be made", () => {
  const drafts = {
    "without the URL of a media item by URL": draft({ media: [{ ...byUrl(), url: undefined }] }),
    "without the data of a media item by base64": draft({ media: [byBase64(undefined)] }),
    "with an extra field that the draft sets itself": draft({ extra: { model: "another" } }),
  };
  for (const [name, unfinished] of Object.entries(drafts)) {
    test(`${name}, but it can be estimated`, async () => {
      await assert.rejects(requestBody(unfinished), isInvalid);
      assert.ok(estimate(unfinished).bodyBytes > 0);
    });
  }
});

describe("reconcile", () => {
  const expected = estimate(draft({ media: [byUrl()] }));
  const usage = (inputTokens) => ({
    inputTokens,
    outputTokens: 10,
    cachedInputTokens: 0,
    reasoningTokens: null,
  });

  test("says which rule the bill followed", () => {
    const follows = (tokens) => reconcile(expected, usage(tokens)).follows;
    assert.equal(follows(expected.bounds.published.low), "published");
    assert.equal(follows(expected.bounds.processor.high), "processor");
    assert.equal(follows(1_000_000), "neither");
    assert.equal(follows(null), null);
  });

  test("compares tokens and dollars", () => {
    const reported = expected.inputTokens + 1000;
    const { inputTokens, usd } = reconcile(expected, usage(reported));
    assert.deepEqual(inputTokens, { estimated: expected.inputTokens, reported, difference: 1000 });
    assert.equal(usd.estimated, expected.cost.inputUsd);
    assert.equal(usd.reported, (reported * 0.6) / 1_000_000);
  });

  test("takes an estimate that went through JSON", () => {
    const stored = JSON.parse(JSON.stringify(expected));
    assert.deepEqual(reconcile(stored, usage(2000)), reconcile(expected, usage(2000)));
  });

  test("parts the bill, and says what it comes to", () => {
    const bill = { inputTokens: 2000, outputTokens: 100, cachedInputTokens: 500, reasoningTokens: 40 };
    const { parts, cost } = reconcile(expected, bill);
    assert.deepEqual(parts.freshInput, { tokens: 1500, usd: 0.0009 });
    assert.deepEqual(parts.cachedInput, { tokens: 500, usd: 0.00006 });
    assert.deepEqual(parts.output, { tokens: 100, usd: 0.0003 });
    assert.deepEqual(parts.reasoning, { tokens: 40, usd: 0.00012 });
    assert.deepEqual(parts.text, expected.text);
    assert.deepEqual(parts.media, {
      estimated: expected.mediaTokens,
      low: 2000 - expected.text.high,
      high: 2000 - expected.text.low,
    });
    assert.deepEqual(cost, { lowUsd: 0.00126, highUsd: 0.00126 });
  });

  test("bounds what an answer without a bill has cost by what came of it", () => {
    const limited = estimate(draft({ media: [byUrl()], maxTokens: 1000 }));
    const nothing = reconcile(limited, null).cost;
    assert.equal(nothing.lowUsd, 0);
    assert.ok(nothing.highUsd > limited.cost.maxOutputUsd);
    const some = reconcile(limited, null, { text: "A wide shore.", firstTokenMs: 10 }).cost;
    assert.ok(some.lowUsd > 0 && some.highUsd === nothing.highUsd);
    const all = reconcile(limited, null, { text: "A wide shore.", finishReason: "stop" }).cost;
    assert.ok(all.highUsd < nothing.highUsd);
    assert.equal(reconcile(expected, null, { text: "A", firstTokenMs: 1 }).cost.highUsd, null);
  });

  test("refuses what is no estimate, no usage and no answer", () => {
    assert.throws(() => reconcile({}, usage(1)), isInvalid);
    assert.throws(() => reconcile(expected, 7), isInvalid);
    assert.throws(() => reconcile(expected, usage(-1)), isInvalid);
    assert.throws(() => reconcile(expected, null, { text: 7 }), isInvalid);
  });
});

describe("models and compare", () => {
  test("models come from every provider, Baseten's first, and are filtered by provider and status", () => {
    const all = models();
    assert.equal(all[0].id, "moonshotai/Kimi-K3");
    assert.ok(all.length > 100 && new Set(all.map(({ provider }) => provider)).size >= 14);
    const current = models({ provider: "anthropic", status: "current" });
    assert.ok(current.length > 5 && current.every(({ provider, status }) => provider === "anthropic" && status === "current"));
    assert.deepEqual(models({ provider: "nowhere" }), []);
    assert.throws(() => models({ status: "old" }), isInvalid);
    for (const { id, sources, family, rules } of all) {
      assert.ok(sources.length > 0, `${id} has sources`);
      assert.equal(family === null, rules.length === 0, id);
    }
  });

  test("compare is estimate under every current model, cheapest first", () => {
    const request = draft({ media: [byUrl({ width: 1920, height: 1080 })] });
    const compared = compare(request);
    assert.ok(compared.length > 50);
    for (const { model, estimate: found, errors } of compared) {
      assert.deepEqual(found, estimate({ ...request, model: model.id, provider: model.provider }), model.id);
      assert.deepEqual(errors, found.violations.filter(({ severity }) => severity === "error"));
      assert.equal(model.status, "current");
    }
    const priced = compared.filter(({ errors, estimate: { cost, media, rule } }) => errors.length === 0 && cost.inputUsd !== null && media[0].tokens[rule] !== null);
    const usd = priced.map(({ estimate: { cost } }) => cost.inputUsd);
    assert.deepEqual(usd, usd.toSorted((one, other) => one - other));
  });

  test("compare takes models by id and provider, as a list, and of one's own", () => {
    const request = draft({ media: [byUrl(SQUARE)] });
    const ids = (options) => compare(request, options).map(({ model }) => model.id);
    assert.deepEqual(ids({ models: [{ id: "gpt-5" }, { provider: "open", id: "qwen3-vl" }] }), ["gpt-5", "qwen3-vl"]);
    assert.deepEqual(ids({ models: models({ provider: "xai", status: "current" }) }).length, models({ provider: "xai", status: "current" }).length);
    const own = { id: "own", family: "claude", price: { input: 0 } };
    assert.equal(ids({ models: [], model: own })[0], "own");
  });
});

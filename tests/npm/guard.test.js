/** `tilewise/fetch` with the client that most apps have, beside the same client without it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import OpenAI from "openai";
import { useClock } from "./support/clock.js";
import { conversation, seeded, TOOL } from "./support/conversations.js";
import { origin } from "./support/environment.js";
import { fixture, PHOTO } from "./support/fixtures.js";
import { loadGuard, outcomeOf, recordingProxy, stable } from "./support/guarded.js";
import { createProject } from "./support/project.js";
import { deserted, serve } from "./support/server.js";
import { stepwise } from "./support/steps.js";

const project = await createProject({ after });
const { default: init, estimate, estimateBody, guard, inspect, preload, TilewiseError } = await loadGuard(project);
await init();
await preload(["network"]);

const MODEL = "moonshotai/Kimi-K3";
const photo = fixture(PHOTO);
const base64 = Buffer.from(photo).toString("base64");
const PHOTO_URL = `data:image/jpeg;base64,${base64}`;

const text = (words) => ({ type: "text", text: words });
const image = (url, detail) => ({ type: "image_url", image_url: { url, ...(detail && { detail }) } });
const ask = (content, fields) => ({ model: MODEL, max_tokens: 200, messages: [{ role: "user", content }], ...fields });

const client = (baseURL, fetch, options) => new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: "secret", maxRetries: 0, fetch, ...options });

const faulty = (fault) => `${origin}/faults/${encodeURIComponent(fault)}`;

/** How each kind of call is made, with what it tells on the way. */
const calls = {
  chat: (openai, body) => openai.chat.completions.create(body),
  async chatStream(openai, body, tell) {
    for await (const event of await openai.chat.completions.create({ ...body, stream: true })) tell(event);
  },
  async chatUsage(openai, body, tell) {
    const options = { stream: true, stream_options: { include_usage: true } };
    for await (const event of await openai.chat.completions.create({ ...body, ...options })) tell(event);
  },
  responses: (openai, body) => openai.responses.create(asResponses(body)),
  async responsesStream(openai, body, tell) {
    for await (const event of await openai.responses.create({ ...asResponses(body), stream: true })) tell(event);
  },
};

function asResponses({ messages, max_tokens, tools, ...rest }) {
  const part = (item) =>
    item.type === "text" ? { type: "input_text", text: item.text } : { type: "input_image", image_url: item.image_url.url, detail: "auto" };
  const item = ({ role, content, tool_calls: calls, tool_call_id: call_id }) => {
    if (role === "tool") return [{ type: "function_call_output", call_id, output: content }];
    if (calls) return calls.map(({ id, function: { name, arguments: given } }) => ({ type: "function_call", call_id: id, name, arguments: given }));
    return [{ role, content: typeof content === "string" ? content : content.map(part) }];
  };
  const input = messages.flatMap(item);
  return { ...rest, input, max_output_tokens: max_tokens, ...(tools && { tools: tools.map(({ function: it }) => ({ type: "function", strict: null, ...it })) }) };
}

const sent = (requests) => requests.map(({ method, url, headers, body }) => ({ method, url, headers, body }));

describe("through the guard a client sends the same bytes and gets the same", () => {
  const conversations = {
    "a text": ask("Hello"),
    "a photo in the body": ask([text("What is this?"), image(PHOTO_URL, "low")]),
    "photos by address": ask([image("https://example.com/a.png"), image("https://example.com/b.jpg")]),
    "several turns with a tool": ask("And now?", {
      tools: [TOOL],
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [image(PHOTO_URL), text("Ü \u2028 👍 \"quotes\" \\ ")] },
        { role: "assistant", content: "A photo." },
        { role: "user", content: "Sure?" },
      ],
    }),
    "no bound of the output": { model: MODEL, messages: [{ role: "user", content: "Hello" }] },
    "a model that is not known": ask("Hello", { model: "unheard-of" }),
    "a request that the endpoint refuses": ask("Hello", { temperature: 1, n: 2 }),
    "a data: URL that is cut": ask([image(PHOTO_URL.slice(0, 60))]),
  };
  for (const [name, body] of Object.entries(conversations)) {
    for (const [kind, run] of Object.entries(calls)) {
      test(`${name}: ${kind}`, async (context) => {
        await compare(context, (openai, tell) => run(openai, body, tell));
      });
    }
  }

  test("200 random conversations", { timeout: 600_000 }, async (context) => {
    const proxy = await recordingProxy(context);
    const random = seeded(28);
    for (let count = 0; count < 200; count += 1) {
      const fields = { max_tokens: 1 + random.below(60), ...(random.below(3) === 0 && { tools: [TOOL] }) };
      const body = { model: MODEL, messages: conversation(random, PHOTO_URL), ...fields };
      const run = random.of(Object.values(calls));
      await compare(context, (openai, tell) => run(openai, body, tell), proxy);
    }
  });

  test("other calls", async (context) => {
    await compare(context, async (openai) => (await openai.models.list()).data.slice(0, 3));
    await compare(context, (openai) => openai.embeddings.create({ model: "none", input: "Hello" }));
    const file = () => new File([photo], "photo.jpg", { type: "image/jpeg" });
    const withoutBoundary = (requests) => requests.map((request) => ({ ...request, headers: [], body: "" }));
    await compare(context, (openai) => openai.files.create({ file: file(), purpose: "vision" }), undefined, withoutBoundary);
  });
});

async function compare(context, run, proxy, part = sent) {
  const before = proxy ?? (await recordingProxy(context));
  const plain = await outcomeOf((tell) => run(client(before.origin), tell));
  const plainRequests = part(before.taken());
  const guarded = await outcomeOf((tell) => run(client(before.origin, guard()), tell));
  const guardedRequests = part(before.taken());
  assert.deepEqual(guarded, plain);
  assert.deepEqual(guardedRequests, plainRequests);
  assert.ok(plainRequests.length > 0);
}

describe("the endpoint's fault", { concurrency: 4 }, () => {
  const statuses = [201, 204, 304, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 451, 500, 502, 503, 504, 529, 599];
  const faults = [
    ...statuses.map((status) => `status-${status};retry-after=none`),
    ..."status-429 status-503;retry-after=3".split(" "),
    ..."redirect-307 redirect-308 redirect-302 redirect-303 html html-403 html-502 error-object text".split(" "),
    ..."error-first error-in-stream error-after-finish error-after-done choice-error done-only text-after-done".split(" "),
    ..."no-done no-usage choice-usage doubled-usage choice-usage,no-done several-choices refusal tool-calls".split(" "),
    ..."tool-calls-no-index huge-3000000 huge-16778000 json json,content-type-text/plain json,content-type-none".split(" "),
    ..."json,cut-300 json,end-300 json,reset slow-1 bytewise pieces-3 no-done,reset heartbeats heartbeats,bytewise".split(" "),
    ..."drop cut-0 cut-1 cut-4000 end-0 end-4000 crlf crlf,bytewise broken-event gzip".split(" "),
    ..."content-type-text/plain content-type-application/octet-stream content-type-none content-type-application/json".split(" "),
  ];
  for (const fault of faults) {
    test(`${fault} reaches the client as it is`, { timeout: 60_000 }, async () => {
      const run = async (fetch) => {
        const openai = client(faulty(fault), fetch);
        return outcomeOf((tell) => calls.chatUsage(openai, ask("Hello"), tell));
      };
      const plain = await run();
      const bills = [];
      const guarded = await run(guard({ onBill: (bill) => bills.push(bill) }));
      assert.deepEqual(guarded, plain);
      const isRefused = plain.error?.status >= 400 && plain.error.status < 500 && plain.error.status !== 408;
      assert.equal(bills.length, isRefused ? 0 : 1, "one bill for each call that may be paid");
    });

    test(`${fault} passes byte by byte`, { timeout: 60_000 }, async () => {
      const run = async (fetch) => {
        const body = JSON.stringify(ask("Hello", { stream: true, stream_options: { include_usage: true } }));
        return raw(() => fetch(`${faulty(fault)}/v1/chat/completions`, { method: "POST", body, headers: { "content-type": "application/json" } }));
      };
      assert.deepEqual(await run(guard()), await run(fetch));
    });
  }

  for (const fault of ["hang", "silence", "silence-1", "silence-4000", "no-done,hold", "no-done,beats"]) {
    test(`${fault} until the client leaves`, { timeout: 60_000 }, async (context) => {
      const leave = async (guarded) => {
        const proxy = await recordingProxy(context);
        const controller = new AbortController();
        // A hang shows in nothing but that the request is there.
        if (fault === "hang") proxy.onRequest.push(() => controller.abort());
        const openai = client(`${proxy.origin}/faults/${encodeURIComponent(fault)}`, guarded);
        return outcomeOf(async () => {
          const options = { signal: controller.signal };
          const request = openai.chat.completions.create({ ...ask("Hello"), stream: true }, options).asResponse();
          const reader = (await request).body.getReader();
          let length = 0;
          const enough = { silence: 0, "silence-1": 1, "silence-4000": 4000 }[fault] ?? 4500;
          while (length < enough) {
            const { value } = await reader.read();
            length += value.length;
          }
          controller.abort();
          // What has come may still be read.
          while (!(await reader.read()).done);
        });
      };
      const bills = [];
      const plain = await leave();
      const guarded = await leave(guard({ onBill: (bill) => bills.push(bill) }));
      assert.deepEqual(guarded.error, plain.error);
      assert.ok(plain.error, "it did not leave");
      assert.equal(bills.length, 1);
      assert.ok(bills[0].cost.highUsd > 0);
    });
  }

  /** What fetch itself gives: all that can be seen of an answer. */
  async function raw(send) {
    try {
      const response = await send();
      const { status, statusText, url, redirected, type, ok } = response;
      const headers = [...response.headers].filter(([name]) => name !== "date");
      const hash = [];
      let error;
      try {
        for await (const chunk of response.body ?? []) hash.push(Buffer.from(chunk).toString("latin1"));
      } catch (caught) {
        error = `${caught.name} ${caught.message} ${caught.cause?.message}`;
      }
      const all = hash.join("").replaceAll(/tilewise-\d+/g, "tilewise").replaceAll(/"created":\d+/g, "");
      return { status, statusText, url, redirected, type, ok, headers, all, error };
    } catch (caught) {
      return `${caught.name} ${caught.message} ${caught.cause?.message}`;
    }
  }
});

describe("an abort", () => {
  test("in the middle of a stream ends it as without the guard, and the bill has bounds", async () => {
    const leave = async (fetch) => {
      const { fault, step } = stepwise();
      const openai = client(faulty(fault), fetch);
      await step(4);
      return outcomeOf(async (tell) => {
        const stream = await openai.chat.completions.create({ ...ask("Hello"), stream: true });
        for await (const event of stream) {
          tell(event);
          if (event.choices[0].delta.reasoning_content === "is ") stream.controller.abort();
        }
      });
    };
    const bills = [];
    const plain = await leave();
    assert.deepEqual(await leave(guard({ onBill: (bill) => bills.push(bill) })), plain);
    const [{ inputTokens, cost }, ...others] = bills;
    assert.deepEqual(others, []);
    assert.equal(inputTokens.reported, null);
    assert.ok(cost.lowUsd > 0 && cost.highUsd > cost.lowUsd, JSON.stringify(cost));
  });

  test("before the request sends nothing and counts nothing", async (context) => {
    const proxy = await recordingProxy(context);
    const fetch = guard();
    const openai = client(proxy.origin, fetch);
    await assert.rejects(openai.chat.completions.create(ask("Hello"), { signal: AbortSignal.abort() }), OpenAI.APIUserAbortError);
    assert.deepEqual(proxy.requests, []);
    assert.equal(fetch.spentUsd, 0);
  });

  test("while the body is estimated sends nothing", async (context) => {
    const proxy = await recordingProxy(context);
    const controller = new AbortController();
    const fetch = guard({ onEstimate: () => controller.abort(new Error("enough")) });
    const body = JSON.stringify(ask("Hello"));
    await assert.rejects(fetch(`${proxy.origin}/v1/chat/completions`, { method: "POST", body, signal: controller.signal }), /enough/);
    assert.deepEqual(proxy.requests, []);
    assert.equal(fetch.spentUsd, 0);
  });

  test("where no server answers the error is that of fetch", async () => {
    const nowhere = await deserted();
    const run = (fetch) => outcomeOf(() => client(nowhere, fetch).chat.completions.create(ask("Hello")));
    assert.deepEqual(await run(guard()), await run());
  });
});

describe("what is no request to a model", () => {
  const spy = () => {
    const calls = [];
    const fetch = guard({ fetch: (...args) => calls.push(args) && Promise.resolve(new Response("ok")) });
    return { calls, fetch };
  };
  const url = "https://example.com/v1/chat/completions";
  const json = { "content-type": "application/json" };
  const untouched = {
    "another path": ["https://example.com/v1/embeddings", { method: "POST", body: "{}", headers: json }],
    "another method": [url, { method: "GET" }],
    "a form": [url, { method: "POST", body: new FormData() }],
    "another type": [url, { method: "POST", body: "{}", headers: { "content-type": "text/plain" } }],
    "a stream": [url, { method: "POST", body: new Blob(["{}"]).stream(), duplex: "half", headers: json }],
    "an address of an answer": ["https://example.com/v1/responses/resp_1", { method: "POST" }],
    "a path within a query": ["https://example.com/go?to=/v1/chat/completions", { method: "POST", body: "{}", headers: json }],
    "a host of that name": ["https://messages", { method: "POST", body: "{}", headers: json }],
    "what is no address": ["::", { method: "POST", body: "{}" }],
  };
  for (const [name, args] of Object.entries(untouched)) {
    test(`is handed on as it is: ${name}`, async () => {
      const { calls, fetch } = spy();
      const answer = await fetch(...args);
      assert.equal(calls.length, 1);
      assert.equal(calls[0][0], args[0]);
      assert.equal(calls[0][1], args[1]);
      assert.equal(await answer.text(), "ok");
    });
  }

  test("an address with a query, of another form or relative is one", async () => {
    const estimates = [];
    const fetch = guard({ fetch: async () => new Response("{}"), onEstimate: (estimate) => estimates.push(estimate) });
    const addresses = ["/v1/chat/completions", "chat/completions/?a=b", `${url}?api-version=1#x`, `${url}/?a=/b`, new URL(url), { toString: () => url }];
    for (const address of addresses) await fetch(address, { method: "post", body: JSON.stringify(ask("Hello")) });
    assert.equal(estimates.length, addresses.length);
  });

  test("a Request is estimated and handed on as it is", async (context) => {
    const estimates = [];
    const proxy = await recordingProxy(context);
    const fetch = guard({ onEstimate: (estimate) => estimates.push(estimate) });
    const body = JSON.stringify(ask("Hello"));
    const request = new Request(`${proxy.origin}/v1/chat/completions`, { method: "POST", body, headers: json });
    const answer = await fetch(request);
    assert.equal((await answer.json()).object, "chat.completion");
    assert.equal(proxy.requests[0].body, body);
    assert.equal(estimates[0].bodyBytes, body.length);
  });

  test("bytes are estimated as text is", async (context) => {
    const proxy = await recordingProxy(context);
    const estimates = [];
    const fetch = guard({ onEstimate: (estimate) => estimates.push(estimate) });
    const body = JSON.stringify(ask("Grüße"));
    for (const form of [body, new TextEncoder().encode(body), new TextEncoder().encode(body).buffer, new Blob([body])]) {
      const answer = await fetch(new URL(`${proxy.origin}/v1/chat/completions`), { method: "POST", body: form });
      assert.equal(answer.status, 200);
      await answer.text();
    }
    assert.equal(estimates.length, 4);
    for (const estimate of estimates) assert.deepEqual(estimate, estimates[0]);
    for (const { body } of proxy.requests) assert.equal(body, proxy.requests[0].body);
  });
});

describe("an answer", () => {
  test("keeps its address, can be cloned, and is read once by each clone", async () => {
    const url = `${origin}/v1/chat/completions`;
    const answer = await guard()(url, { method: "POST", body: JSON.stringify(ask("Hello")) });
    const clone = answer.clone();
    assert.deepEqual([answer.url, clone.url, answer.redirected, clone.type], [url, url, false, answer.type]);
    assert.equal(await clone.text(), await answer.text());
  });

  test("is billed in every form, streamed and whole", async () => {
    for (const run of [calls.chat, calls.chatUsage, calls.responses, calls.responsesStream]) {
      const bills = [];
      const estimates = [];
      const fetch = guard({ onBill: (bill) => bills.push(bill), onEstimate: (estimate) => estimates.push(estimate) });
      await run(client(origin, fetch), ask([text("What is this?"), image(PHOTO_URL)]), () => {});
      const [{ inputTokens, follows, cost }, ...others] = bills;
      assert.deepEqual(others, []);
      assert.equal(inputTokens.reported, inputTokens.estimated);
      assert.equal(inputTokens.estimated, estimates[0].inputTokens);
      assert.equal(follows, "processor");
      assert.equal(cost.lowUsd, cost.highUsd);
      assert.equal(fetch.spentUsd, cost.highUsd);
    }
  });

  test("is not read ahead of its reader", async (context) => {
    let written = 0;
    let response;
    const server = await serve(context, (_, answer) => {
      response = answer;
      answer.writeHead(200, { "content-type": "text/event-stream" });
      const more = () => {
        while (!answer.destroyed && answer.write(`: ${"x".repeat(65_000)}\n\n`)) written += 65_000;
      };
      answer.on("drain", more);
      more();
    });
    const answer = await guard()(`${server}/v1/chat/completions`, { method: "POST", body: JSON.stringify(ask("Hello")) });
    const reader = answer.body.getReader();
    await reader.read();
    const closed = once(response, "close");
    await reader.cancel();
    await closed;
    assert.ok(written < 8_000_000, `${written} bytes were read`);
  });

  test("without usage stays at what was reserved, and the bill has bounds", async () => {
    const bills = [];
    const fetch = guard({ budgetUsd: 1, onBill: (bill) => bills.push(bill) });
    await calls.chatStream(client(faulty("no-usage"), fetch), ask("Hello"), () => {});
    assert.equal(bills[0].inputTokens.reported, null);
    assert.ok(bills[0].cost.highUsd > bills[0].cost.lowUsd);
    const { bounds, price } = estimate({ model: MODEL, text: "Hello", media: [] });
    assert.equal(fetch.spentUsd, (bounds.processor.high * price.input + 200 * price.output) / 1e6);
  });
});

describe("a refusal", () => {
  const refusing = async (context, options, body, run = calls.chat) => {
    const proxy = await recordingProxy(context);
    const fetch = guard(options);
    const outcome = await outcomeOf(() => run(client(proxy.origin, fetch, { maxRetries: 2 }), body, () => {}));
    assert.deepEqual(proxy.requests, [], "it was sent");
    assert.equal(fetch.spentUsd, 0);
    return outcome.error;
  };

  for (const run of [calls.chat, calls.chatStream, calls.responses, calls.responsesStream]) {
    test(`of a limit is an error that the client knows and does not retry: ${run.name}`, async (context) => {
      const error = await refusing(context, { estimate: { limits: { maxImages: 1 } } }, ask([image(PHOTO_URL), image(PHOTO_URL)]), run);
      const { class: name, status, code, message, body } = error;
      assert.deepEqual([name, status, code], ["BadRequestError", 400, "limit"]);
      assert.match(message, /2 images in one request; 1 are allowed/);
      assert.deepEqual(body.violations.map(({ code, actual, allowed }) => [code, actual, allowed]), [["too_many_images", 2, 1]]);
    });
  }

  test("has the shape that Anthropic's clients know", async () => {
    const fetch = guard({ fetch: () => assert.fail("it was sent"), maxUsd: 0 });
    const answer = await fetch("https://api.anthropic.com/v1/messages", {
      method: "POST",
      body: JSON.stringify({ model: "claude-opus-4-5", max_tokens: 9, messages: [{ role: "user", content: "Hello" }] }),
    });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get("x-should-retry"), "false");
    const { type, error } = await answer.json();
    assert.equal(type, "error");
    assert.deepEqual([error.type, error.code, error.violations], ["invalid_request_error", "budget", []]);
  });

  test("for the price names what is allowed", async (context) => {
    const error = await refusing(context, { maxUsd: 0.0001 }, ask("Hello"));
    assert.equal(error.code, "budget");
    assert.match(error.message, /estimated at \$0\.\d+; \$0\.0001 are allowed/);
  });

  for (const [what, body, why] of [
    ["without a bound on the output", { model: MODEL, messages: [{ role: "user", content: "Hello" }] }, /most tokens of output/],
    ["without a price", ask("Hello", { model: "unheard-of" }), /price/],
    ["with an image that is not known", ask([image("https://example.com/a.png")]), /cannot be counted/],
  ]) {
    test(`under a budget meets a call ${what}`, async (context) => {
      const error = await refusing(context, { budgetUsd: 100 }, body);
      assert.equal(error.code, "budget");
      assert.match(error.message, why);
    });
  }

  test("under a budget meets what cannot be read", async () => {
    const fetch = guard({ budgetUsd: 100, fetch: () => assert.fail("it was sent") });
    const url = "https://example.com/v1/chat/completions";
    for (const body of ["no JSON", "{}", new Blob([JSON.stringify(ask("Hello"))]).stream()]) {
      const answer = await fetch(url, { method: "POST", body, duplex: "half", headers: { "content-type": "application/json" } });
      assert.equal((await answer.json()).error.code, "budget");
    }
  });

  test("does not come where it was asked to send", async () => {
    const fetch = guard({ onLimit: "send", estimate: { limits: { maxImages: 1 } } });
    const { object } = await client(origin, fetch).chat.completions.create(ask([image(PHOTO_URL), image(PHOTO_URL)]));
    assert.equal(object, "chat.completion");
  });

  test("comes at once for options that mean nothing", () => {
    for (const options of [{ onLimit: "ask" }, { budgetUsd: -1 }, { budgetUsd: "1" }, { maxUsd: Number.NaN }]) {
      assert.throws(() => guard(options), (error) => error instanceof TilewiseError && error.code === "invalid_argument");
    }
  });
});

describe("fit", () => {
  const limits = { maxImageSide: 64 };

  for (const [name, run] of Object.entries(calls)) {
    test(`makes smaller what is too large, and nothing else: ${name}`, async (context) => {
      const proxy = await recordingProxy(context);
      const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
      const estimates = [];
      const fetch = guard({ onLimit: "fit", estimate: { limits }, onEstimate: (estimate) => estimates.push(estimate) });
      const body = ask([text("What is this?"), image(pixel), image(PHOTO_URL)]);
      await run(client(proxy.origin, fetch), body, () => {});
      const [{ body: fitted }] = proxy.taken();
      await run(client(proxy.origin), body, () => {});
      const [{ body: plain }] = proxy.taken();
      const [before, after] = plain.split(PHOTO_URL);
      assert.ok(fitted.startsWith(before) && fitted.endsWith(after));
      const facts = await inspect(fitted.slice(before.length, -after.length));
      assert.ok(Math.max(facts.width, facts.height) <= 64, JSON.stringify(facts));
      assert.deepEqual(estimates.map(({ violations }) => violations.filter(({ severity }) => severity === "error")), [[]]);
      assert.equal(estimates[0].bodyBytes, Buffer.byteLength(fitted, "latin1"));
    });
  }

  test("writes the new media type where Anthropic's messages have it", async () => {
    const png = Buffer.from(fixture("png/rgb.png")).toString("base64");
    const source = { type: "base64", media_type: "image/png", data: png };
    const body = JSON.stringify({ model: "claude-opus-4-5", max_tokens: 9, messages: [{ role: "user", content: [{ type: "image", source }] }] });
    let sentBody;
    const fetch = guard({
      onLimit: "fit",
      estimate: { limits: { maxImageSide: 8 } },
      fetch: async (_, init) => {
        sentBody = JSON.parse(init.body);
        return new Response("{}");
      },
    });
    await fetch("https://api.anthropic.com/v1/messages", { method: "POST", body });
    const { media_type, data } = sentBody.messages[0].content[0].source;
    const facts = await inspect(`data:${media_type};base64,${data}`);
    assert.equal(facts.mime, media_type);
    assert.ok(facts.width <= 8 && facts.height <= 8);
  });

  test("refuses what smaller images do not help", async () => {
    const fetch = guard({ onLimit: "fit", estimate: { limits: { maxImages: 1 } } });
    const request = client(origin, fetch).chat.completions.create(ask([image(PHOTO_URL), image(PHOTO_URL)]));
    await assert.rejects(request, { status: 400, code: "limit" });
  });
});

describe("what cannot be estimated is sent as it is, with a note:", () => {
  const url = `${origin}/v1/chat/completions`;
  const send = async (body, options) => {
    const estimates = [];
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    const answer = await guard({ onEstimate: (estimate) => estimates.push(estimate), ...options })(url, init);
    const plain = await fetch(url, init);
    assert.equal(answer.status, plain.status);
    assert.deepEqual(stable(await answer.json()), stable(await plain.json()));
    assert.equal(estimates.length, 1);
    return estimates[0].notes;
  };

  test("a body that is no JSON", async () => {
    assert.match((await send("{")).join(), /not checked/);
    assert.match((await send("[1]")).join(), /no JSON object/);
  });

  test("a data: URL that is cut off", async () => {
    assert.match((await send(JSON.stringify(ask([image(PHOTO_URL.slice(0, 50))])))).join(), /not counted/);
  });

  test("a model that is not known", async () => {
    let codes;
    const onEstimate = ({ violations }) => {
      codes = violations.map(({ code }) => code);
    };
    const fetch = guard({ onEstimate, fetch: async () => new Response("{}") });
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(ask("Hello", { model: "unheard-of" })) });
    assert.equal(await answer.text(), "{}");
    assert.deepEqual(codes, ["unknown_model"]);
  });

  test("an address that is not to be read", async () => {
    assert.match((await send(JSON.stringify(ask([image("https://example.com/a.png")])))).join(), /https:\/\/example\.com\/a\.png is not counted/);
  });

  test("options that mean nothing", async () => {
    assert.match((await send(JSON.stringify(ask("Hello")), { estimate: { cachedShare: 2 } })).join(), /cachedShare/);
  });

  test("JSON of 100 MB", async (context) => {
    let length = 0;
    const counting = await serve(context, (incoming, response) => {
      incoming.on("data", (chunk) => {
        length += chunk.length;
      });
      incoming.on("end", () => response.end("{}"));
    });
    const notes = [];
    const fetch = guard({ onLimit: "send", onEstimate: (estimate) => notes.push(...estimate.notes) });
    const body = JSON.stringify(ask("word ".repeat(20_000_000)));
    await (await fetch(`${counting}/v1/chat/completions`, { method: "POST", body })).text();
    assert.equal(length, body.length);
    assert.match(notes.join(), /more than \d+ characters/);
  });

  test("what a listener throws breaks nothing", async () => {
    const thrower = () => {
      throw new Error("mine");
    };
    const fetch = guard({ onEstimate: thrower, onBill: thrower });
    const { object } = await client(origin, fetch).chat.completions.create(ask("Hello"));
    assert.equal(object, "chat.completion");
  });

  describe("on a clock that the test moves,", () => {
    const clock = useClock();

    test("an address that never answers", async (context) => {
      let asked;
      const isAsked = new Promise((resolve) => {
        asked = resolve;
      });
      const silent = await serve(context, () => asked());
      const estimates = [];
      const guarded = guard({ inspectUrls: true, onEstimate: (estimate) => estimates.push(estimate), fetch: async () => new Response("{}") });
      const address = `${silent}/a.png`;
      const answer = guarded(url, { method: "POST", body: JSON.stringify(ask([image(address)])) });
      await isAsked;
      clock.tick(5000);
      assert.equal(await (await answer).text(), "{}");
      assert.match(estimates[0].notes.join(), /a\.png is not counted/);
    });
  });
});

describe("a budget", () => {
  const body = ask("Hello, how are you?", { max_tokens: 50 });
  const most = () => {
    const { bounds, price } = estimate({ model: MODEL, text: "Hello, how are you?", media: [] });
    return (bounds.processor.high * price.input + 50 * price.output) / 1e6;
  };

  for (const fault of ["none", "no-usage", "drop"]) {
    test(`is kept by 100 calls at once: ${fault}`, { timeout: 300_000 }, async (context) => {
      const proxy = await recordingProxy(context);
      const budgetUsd = most() * 30.5;
      const sums = [];
      const bills = [];
      const look = () => {
        sums.push(fetch.spentUsd);
        assert.ok(fetch.spentUsd <= budgetUsd, `${fetch.spentUsd} of ${budgetUsd}`);
      };
      const fetch = guard({
        budgetUsd,
        onEstimate: look,
        onBill: (bill) => {
          bills.push(bill);
          look();
        },
      });
      const openai = client(`${proxy.origin}/faults/${fault}`, fetch);
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, () => outcomeOf((tell) => calls.chatUsage(openai, body, tell).then(look))),
      );
      look();
      const refused = outcomes.filter(({ error }) => error?.code === "budget");
      assert.equal(proxy.requests.length, 100 - refused.length);
      assert.equal(bills.length, proxy.requests.length);
      assert.ok(proxy.requests.length >= 30 && refused.length > 0, `${proxy.requests.length} were sent`);
      const paid = bills.reduce((sum, { cost }) => sum + cost.lowUsd, 0);
      if (fault === "none") assert.ok(Math.abs(paid - fetch.spentUsd) < 1e-9, `${paid} and ${fetch.spentUsd}`);
      else assert.ok(fetch.spentUsd > most() * 29.9, `${fetch.spentUsd} of ${proxy.requests.length} calls`);
    });
  }

  test("counts each try of a client once", async (context) => {
    const proxy = await recordingProxy(context);
    const estimates = [];
    const bills = [];
    const fetch = guard({ onEstimate: (estimate) => estimates.push(estimate), onBill: (bill) => bills.push(bill) });
    const fault = `status-503-once;id=${randomUUID()};retry-after=0`;
    const openai = client(`${proxy.origin}/faults/${encodeURIComponent(fault)}`, fetch, { maxRetries: 2 });
    await openai.chat.completions.create(body);
    assert.deepEqual([proxy.requests.length, estimates.length, bills.length], [2, 2, 2]);
    // That of the failure is not known, and at most what was reserved.
    assert.equal(bills[0].inputTokens.reported, null);
    const failed = most();
    assert.ok(Math.abs(fetch.spentUsd - failed - bills[1].cost.highUsd) < 1e-12);
  });

  test("gives back what was reserved where the endpoint refuses", async () => {
    const fetch = guard({ budgetUsd: most() });
    for (const status of [401, 429, 422]) {
      await assert.rejects(client(faulty(`status-${status};retry-after=none`), fetch).chat.completions.create(body), { status });
      assert.equal(fetch.spentUsd, 0);
    }
  });

  test("of nothing refuses everything, and one that is spent says what is left", async () => {
    const nothing = client(origin, guard({ budgetUsd: 0 })).chat.completions.create(body);
    await assert.rejects(nothing, { code: "budget", message: /\$0\.0000 are left/ });
  });
});

describe("estimateBody", () => {
  test("counts what estimate counts", async () => {
    const facts = await inspect(photo);
    const draft = { model: MODEL, text: "What is this?", media: [{ facts, via: "base64", data: photo }], maxTokens: 200 };
    const { notes, bodyBytes, ...expected } = estimate(draft);
    const body = ask([text("What is this?"), image(PHOTO_URL)]);
    for (const form of [body, JSON.stringify(body), asResponses(body)]) {
      const { notes: ownNotes, bodyBytes: length, ...counted } = await estimateBody(form);
      assert.deepEqual(counted, expected);
      assert.equal(length, JSON.stringify(typeof form === "string" ? body : form).length);
      assert.deepEqual(ownNotes, notes);
    }
  });

  test("reads a large image and a video where they stand", async () => {
    const large = Buffer.concat([photo, Buffer.alloc(3_000_000)]).toString("base64");
    const clip = Buffer.from(fixture("mp4/h264.mp4")).toString("base64");
    const body = ask([image(`data:image/jpeg;base64,${large}`), { type: "video_url", video_url: { url: `data:video/mp4;base64,${clip}` } }], { model: "moonshotai/Kimi-K2.5" });
    const { media, bodyBytes } = await estimateBody(body);
    const [one, other] = await Promise.all([inspect(photo), inspect(fixture("mp4/h264.mp4"))]);
    const { media: expected } = estimate({ model: "moonshotai/Kimi-K2.5", text: "", media: [{ facts: one, via: "base64" }, { facts: other, via: "base64" }] });
    assert.deepEqual(media, expected);
    assert.equal(bodyBytes, JSON.stringify(body).length);
  });

  test("reads what lies behind addresses, where it may", async (context) => {
    const server = await serve(context, (request, response) => (request.url === "/a.jpg" ? response.end(photo) : response.writeHead(404).end()));
    const body = ask([image(`${server}/a.jpg`), image(`${server}/b.jpg`)]);
    const without = await estimateBody(body);
    assert.deepEqual(without.media.map(({ usd }) => usd !== null), [false, false]);
    const { media, notes } = await estimateBody(body, { inspectUrls: true });
    assert.deepEqual(media.map(({ usd }) => usd !== null), [true, false]);
    assert.match(notes.join(), /b\.jpg is not counted/);
    const facts = { [`${server}/b.jpg`]: await inspect(photo) };
    const given = await estimateBody(body, { facts });
    assert.deepEqual(given.media.map(({ usd }) => usd !== null), [false, true]);
  });

  test("refuses what is no body", async () => {
    const circle = {};
    circle.messages = [circle];
    for (const body of [undefined, null, 1, "", "{", [], {}, { messages: 1 }, circle]) {
      await assert.rejects(estimateBody(body), (error) => error instanceof TilewiseError && error.code === "invalid_argument" && /^body: /.test(error.message));
    }
  });

  test("counts for the provider that is named", async () => {
    const body = ask("Hello", { model: "kimi-k3" });
    assert.equal((await estimateBody(body)).provider, "moonshot");
    assert.equal((await estimateBody(body, { provider: "openai" })).provider, null);
  });
});

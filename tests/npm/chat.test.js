import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { baseUrl } from "./support/environment.js";
import { byBase64, byUrl, draft, fixture, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { deserted, serve } from "./support/server.js";

const project = await createProject({ after });
const { default: init, chat, estimate, inspect, reconcile, TilewiseError } = await project.load();
await init();

const PROMPT = "What is 'this'?\nÜber \"all\" \\ 👍";

const photo = fixture(PHOTO);
const request = draft({ text: PROMPT, media: [{ ...byBase64(photo), facts: await inspect(photo) }] });

const send = (options) => chat(request, { baseUrl, apiKey: "test", maxRetries: 0, ...options });
const sendWithFault = (fault, options) =>
  send({ ...options, headers: { "x-tilewise-fault": fault, ...options?.headers } });

/** All events of a stream, and the error that ended it, if one did. */
async function collect(stream, onEvent = () => {}) {
  const events = [];
  try {
    for await (const event of stream) {
      events.push(event);
      onEvent(events);
    }
  } catch (error) {
    assert.ok(error instanceof TilewiseError, error);
    return { events, error };
  }
  return { events };
}

const textOf = (events, type = "text") =>
  events
    .filter((event) => event.type === type)
    .map((event) => event.text)
    .join("");

const failsWith = (code, promise) => assert.rejects(promise, { name: "TilewiseError", code });

/** A server that streams words until its client leaves; `left` resolves then. */
async function endless(context) {
  let leave;
  const left = new Promise((resolve) => {
    leave = resolve;
  });
  const origin = await serve(context, (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = { choices: [{ index: 0, delta: { content: "word " } }] };
    const timer = setInterval(() => response.write(`data: ${JSON.stringify(chunk)}\n\n`), 5);
    response.on("close", () => {
      clearInterval(timer);
      leave();
    });
  });
  return { baseUrl: origin, left };
}

describe("an answer", { concurrency: true }, () => {
  test("streams in as events, and stands whole in the result", async () => {
    const stream = send();
    const { events, error } = await collect(stream);
    assert.equal(error, undefined);
    const result = await stream.result;

    const { length } = events.filter(({ type }) => type === "text");
    assert.ok(length > 5, `the text came in ${length} pieces`);
    assert.equal(result.text, textOf(events));
    assert.equal(result.reasoning, textOf(events, "reasoning"));
    assert.ok(result.text.endsWith(PROMPT));
    assert.match(result.text, /jpeg image, 90×60 pixels/);

    assert.deepEqual(events.slice(-2), [
      { type: "finish", reason: "stop" },
      { type: "usage", usage: result.usage },
    ]);
    assert.equal(result.finishReason, "stop");
    assert.ok(result.usage.inputTokens > 0);
    assert.ok(result.usage.outputTokens > result.usage.reasoningTokens);
    assert.equal(result.usage.cachedInputTokens, 0);
    assert.equal(result.model, request.model);
    assert.match(result.id, /^chatcmpl-/);
    assert.ok(0 <= result.firstTokenMs && result.firstTokenMs <= result.totalMs);
  });

  test("can be awaited without iterating", async () => {
    const { text } = await send().result;
    assert.ok(text.endsWith(PROMPT));
  });

  test("can be iterated twice, also when it is over", async () => {
    const stream = send();
    const [first, second] = await Promise.all([collect(stream), collect(stream)]);
    assert.ok(first.events.length > 0);
    assert.deepEqual(second, first);
    assert.deepEqual(await collect(stream), first);
  });

  test("is not asked for before someone listens", async (context) => {
    let requests = 0;
    const origin = await serve(context, (_, response) => {
      requests += 1;
      response.writeHead(400).end();
    });
    const stream = send({ baseUrl: origin });
    // Whatever was sent by then arrives before this.
    await failsWith("http", send({ baseUrl: origin }).result);
    assert.equal(requests, 1);
    await failsWith("http", stream.result);
    await failsWith("http", stream.result);
    assert.equal(requests, 2);
  });

  test("is cut at maxTokens", async () => {
    const options = { baseUrl, apiKey: "test" };
    const { finishReason, usage } = await chat({ ...request, maxTokens: 5 }, options).result;
    assert.equal(finishReason, "length");
    assert.equal(usage.outputTokens, 5);
  });

  test("is billed as the processor counts, which reconcile tells", async () => {
    // The endpoint takes images that it does not fetch for 1024×1024 pixels.
    const request = draft({ media: [byUrl()] });
    const { usage } = await chat(request, { baseUrl }).result;
    const { follows, inputTokens } = reconcile(estimate(request), usage);
    assert.equal(follows, "processor");
    assert.equal(inputTokens.reported, usage.inputTokens);
    assert.ok(inputTokens.difference < 0);
  });

  test("is asked for with the key, the headers and the very body of the estimate", async (context) => {
    let seen;
    const origin = await serve(context, async (incoming, response) => {
      seen = { ...incoming.headers, url: incoming.url, method: incoming.method, length: 0 };
      for await (const chunk of incoming) seen.length += chunk.length;
      response.writeHead(400).end();
    });
    const own = { "x-own": "1" };
    for (const headers of [own, new Headers(own), new Map(Object.entries(own))]) {
      const stream = send({ baseUrl: `${origin}/somewhere/`, headers });
      await failsWith("http", stream.result);
      assert.equal(seen.method, "POST");
      assert.equal(seen.url, "/somewhere/chat/completions");
      assert.equal(seen.authorization, "Bearer test");
      assert.equal(seen["content-type"], "application/json");
      assert.equal(seen["x-own"], "1");
      assert.equal(seen.length, estimate(request).bodyBytes);
    }
  });

  test("takes options that are undefined as left out", async () => {
    // To the provider's own endpoint, were it not aborted.
    const nowhere = chat(request, { baseUrl: undefined, signal: AbortSignal.abort() });
    await failsWith("aborted", nowhere.result);
    const options = {
      apiKey: undefined,
      headers: undefined,
      signal: undefined,
      maxRetries: undefined,
      timeoutMs: undefined,
      force: undefined,
    };
    const { text } = await chat(request, { baseUrl, ...options }).result;
    assert.ok(text.endsWith(PROMPT));
  });
});

describe("a request ends", { concurrency: true }, () => {
  test("when it is aborted halfway: the loop and the result reject", async (context) => {
    const server = await endless(context);
    const stream = send(server);
    const { events, error } = await collect(stream, ({ length }) => {
      if (length === 3) stream.abort();
    });
    assert.ok(events.length >= 3);
    assert.equal(error.code, "aborted");
    await failsWith("aborted", stream.result);
    await server.left;
  });

  test("when the caller's signal says so", async (context) => {
    const server = await endless(context);
    const controller = new AbortController();
    const stream = send({ ...server, signal: controller.signal });
    const { events, error } = await collect(stream, () => controller.abort());
    assert.ok(events.length >= 1);
    assert.equal(error.code, "aborted");
    await failsWith("aborted", stream.result);
    await server.left;
  });

  test("when the loop is left", async (context) => {
    const server = await endless(context);
    const stream = send(server);
    for await (const event of stream) {
      assert.deepEqual(event, { type: "text", text: "word " });
      break;
    }
    await server.left;
    await failsWith("aborted", stream.result);
  });

  test("before it begins when it is aborted before, or by a signal", async (context) => {
    const origin = await serve(context, () => assert.fail("a request came"));
    const stream = send({ baseUrl: origin });
    stream.abort();
    await failsWith("aborted", stream.result);
    await failsWith("aborted", send({ baseUrl: origin, signal: AbortSignal.abort() }).result);
  });

  test("while it waits to try again", async () => {
    const stream = sendWithFault("status-429", { maxRetries: 2 });
    for await (const event of stream) {
      assert.equal(event.type, "retry");
      break;
    }
    await failsWith("aborted", stream.result);
  });

  test("after too long a silence", () =>
    failsWith("timeout", sendWithFault("silence", { timeoutMs: 100 }).result));
});

describe("an answer that is complete stands, and its connection is closed,", { concurrency: true }, () => {
  const event = (choice, more) => `data: ${JSON.stringify({ choices: choice ? [{ index: 0, ...choice }] : [], ...more })}\n\n`;
  const answer = event({ delta: { content: "all" } }) + event({ delta: {}, finish_reason: "stop" });
  const bill = event(undefined, { usage: { prompt_tokens: 5, completion_tokens: 2 } });

  /** A server that never ends its answer; `left` resolves when its client leaves. */
  async function unending(context, text, beat) {
    let leave;
    const left = new Promise((resolve) => {
      leave = resolve;
    });
    const baseUrl = await serve(context, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(text);
      const timer = beat && setInterval(() => response.write(beat), 5);
      response.on("close", () => {
        clearInterval(timer);
        leave();
      });
    });
    return { baseUrl, left };
  }

  for (const [when, beat] of [
    ["when the line stays open", undefined],
    ["when comments go on", ": still here\n\n"],
    ["when events of no kind go on", "data: null\n\n"],
  ]) {
    for (const [which, text, inputTokens] of [
      ["billed", answer + bill, 5],
      ["not billed", answer, undefined],
    ]) {
      test(`${when} (${which})`, async (context) => {
        const { baseUrl, left } = await unending(context, text, beat);
        const stream = send({ baseUrl });
        const { events, error } = await collect(stream);
        assert.ifError(error);
        const result = await stream.result;
        assert.equal(textOf(events), "all");
        assert.equal(result.finishReason, "stop");
        assert.equal(result.usage?.inputTokens, inputTokens);
        await left;
      });
    }
  }

  test("when it is aborted", async (context) => {
    const { baseUrl, left } = await unending(context, answer);
    const stream = send({ baseUrl });
    const { error } = await collect(stream, (events) => {
      if (events.at(-1).type === "finish") stream.abort();
    });
    assert.ifError(error);
    const { text, usage } = await stream.result;
    assert.deepEqual([text, usage], ["all", null]);
    await left;
  });
});

describe("a request that the limits forbid", { concurrency: true }, () => {
  const tooMany = draft({ media: Array.from({ length: 97 }, () => byUrl({ width: 64, height: 64 })) });

  test("is not sent: it rejects with what is wrong", async (context) => {
    const origin = await serve(context, () => assert.fail("a request came"));
    await assert.rejects(chat(tooMany, { baseUrl: origin }).result, (error) => {
      assert.ok(error instanceof TilewiseError);
      assert.equal(error.code, "limit");
      const found = error.violations.map(({ code, actual, allowed }) => ({ code, actual, allowed }));
      assert.deepEqual(found, [{ code: "too_many_images", actual: 97, allowed: 96 }]);
      return true;
    });
  });

  test("is sent by force, and the endpoint answers for itself", async () => {
    await assert.rejects(chat(tooMany, { baseUrl, force: true }).result, (error) => {
      assert.equal(error.code, "http");
      assert.equal(error.status, 400);
      assert.equal(error.body.error.code, "too_many_images");
      return true;
    });
  });
});

describe("a fault of the endpoint", { concurrency: true }, () => {
  test("as an error status is an http error with the endpoint's own body", async () => {
    const { events, error } = await collect(sendWithFault("status-500"));
    assert.deepEqual(events, []);
    assert.equal(error.code, "http");
    assert.equal(error.status, 500);
    assert.equal(error.body.error.code, "internal_error");
    assert.match(error.message, /x-tilewise-fault asked for this/);
  });

  test("that passes is told as a retry, and then the answer comes", async () => {
    const headers = { "x-tilewise-id": randomUUID() };
    const stream = sendWithFault("status-503-once", { maxRetries: 1, headers });
    const { events, error } = await collect(stream);
    assert.equal(error, undefined);
    const [{ type, attempt, waitMs, cause }] = events;
    assert.deepEqual({ type, attempt }, { type: "retry", attempt: 1 });
    assert.ok(waitMs > 0);
    assert.match(cause, /503/);
    assert.ok(textOf(events).endsWith(PROMPT));
  });

  for (const [fault, codes] of [
    ["drop", ["network", "stream"]],
    ["error-in-stream", ["stream"]],
  ]) {
    test(`in the middle of a stream comes behind the text so far: ${fault}`, async () => {
      const stream = sendWithFault(fault, { maxRetries: 2 });
      const { events, error } = await collect(stream);
      assert.match(textOf(events), /^\*\*The local tilewise endpoint answers/);
      assert.ok(codes.includes(error.code), error.code);
      assert.ok(!events.some(({ type }) => type === "finish" || type === "retry"));
      await assert.rejects(stream.result, error);
    });
  }

  test("that is told in the stream comes with the endpoint's own body", async () => {
    const { error } = await collect(sendWithFault("error-in-stream"));
    assert.equal(error.body.code, "internal_error");
  });

  test("that is a web page is a stream error that says so", async () => {
    const { error } = await collect(sendWithFault("html"));
    assert.equal(error.code, "stream");
    assert.match(error.message, /web page/);
  });

  for (const fault of ["bytewise", "crlf", "no-done", "json"]) {
    test(`that standards or habit allow changes nothing: ${fault}`, async () => {
      const [{ text, reasoning, usage }, plain] = await Promise.all([
        sendWithFault(fault).result,
        send().result,
      ]);
      assert.equal(text, plain.text);
      assert.equal(reasoning, plain.reasoning);
      assert.deepEqual(usage, plain.usage);
    });
  }

  test("that is no server at all is a network error that names the origin", async () => {
    const origin = await deserted();
    const { error } = await collect(send({ baseUrl: `${origin}/v1` }));
    assert.equal(error.code, "network");
    assert.ok(error.message.includes(origin));
  });
});

describe("an invalid argument is", { concurrency: true }, () => {
  const options = {
    "a base URL that is none": { baseUrl: "nonsense" },
    "a header that cannot be sent": { headers: { "no header": "1" } },
    "headers without names": { headers: new Set(["x-own"]) },
    "headers in a row": { headers: ["x-own"] },
    "a key that cannot be sent": { apiKey: "line\nbreak" },
    "a signal that is none": { signal: {} },
    "a negative number of retries": { maxRetries: -1 },
  };
  for (const [name, wrong] of Object.entries(options)) {
    test(name, async () => {
      const { events, error } = await collect(send(wrong));
      assert.deepEqual(events, []);
      assert.equal(error.code, "invalid_argument");
    });
  }
  test("a draft that is none", () => failsWith("invalid_argument", chat(undefined, { baseUrl }).result));
});

test("no failure surfaces as an unhandled rejection, and nothing keeps the process alive", async (context) => {
  const broken = await serve(context, (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: ", () => response.destroy());
  });
  const { baseUrl: endlessUrl } = await endless(context);
  const printed = await project.runScript(`
    import { chat, inspect } from "tilewise";
    const draft = ${JSON.stringify(draft())};
    const codes = [];
    const start = (baseUrl) => chat(draft, { baseUrl, maxRetries: 0 });
    const note = (error) => codes.push(error.code);

    try {
      for await (const event of start(${JSON.stringify(broken)})) void event;
    } catch (error) {
      note(error);
    }
    await start(${JSON.stringify(broken)}).result.catch(note);
    for await (const event of start(${JSON.stringify(endlessUrl)})) break;
    const stream = start(${JSON.stringify(endlessUrl)});
    await stream[Symbol.asyncIterator]().next();
    stream.abort();
    await stream.result.catch(note);
    await inspect("https://").catch(note);
    console.log(codes.join(" "));
  `);
  assert.equal(printed, "network network aborted invalid_argument\n");
});

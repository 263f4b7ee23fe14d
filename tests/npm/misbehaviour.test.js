/** Each way in which the local endpoint misbehaves, and what the package makes of it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { useClock } from "./support/clock.js";
import { origin } from "./support/environment.js";
import { draft } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { deserted, forward, serve } from "./support/server.js";

const project = await createProject({ after });
const { default: init, chat, TilewiseError } = await project.load();
await init();

const request = draft({ text: "What is 'this'?\nÜber \"all\" \\ 👍" });

const faulty = (fault) => `${origin}/faults/${encodeURIComponent(fault)}/v1`;

const send = (fault, options) => chat(request, { baseUrl: faulty(fault), apiKey: "secret", maxRetries: 0, ...options });

const proper = await send("none").result;

/** What the choice says where it differs from the top level. */
const choiceUsage = {
  ...proper.usage,
  inputTokens: proper.usage.inputTokens + 1,
  outputTokens: proper.usage.outputTokens + 1,
};

const toolCall = (index, id, text) => ({ type: "tool_call", index, id, name: id && "measure", arguments: text });

const toolCalls = [
  toolCall(0, "measure:0", '{"side":'),
  toolCall(0, null, '"left"}'),
  toolCall(1, "measure:1", '{"side":'),
  toolCall(1, null, '"right"}'),
];

/** An answer that is as good as any. */
const WHOLE = { text: proper.text, finish: "stop", usage: proper.usage };
/** Nothing of an answer. */
const NOTHING = { text: "", reasoning: "", finish: undefined, usage: undefined };
/** Some of an answer, and then the error. */
const PART = { text: "part", finish: undefined, usage: undefined };

const http = (status) => ({ ...NOTHING, error: { code: "http", status } });
const fails = (code, message, body) => ({ ...NOTHING, error: { code, message, body } });
const breaksOff = (code, message, body) => ({ ...PART, error: { code, message, body } });

const INTERNAL_ERROR = /internal_error/;
/** Headers are there, but not what they announce. */
const BROKEN = /broke|terminated|closed|reset/;
const UNFINISHED = /broke off/;

/** Fault by fault: the options, and what is expected, where it differs from a good answer. */
const EXPECTED = {
  // In place of an answer.
  "status-201": fails("stream", /asked for this/),
  "status-204": fails("stream", UNFINISHED),
  ...Object.fromEntries([304, 400, 401, 402, 403, 404, 405, 413, 415, 422, 451].map((status) => [`status-${status}`, http(status)])),
  ...Object.fromEntries(
    [408, 409, 429, 500, 502, 503, 504, 529, 599].map((status) => [`status-${status};retry-after=0`, { maxRetries: 1, retries: 1, ...http(status) }]),
  ),
  "status-503;retry-after=86400": { maxRetries: 2, ...http(503) },
  "redirect-307": WHOLE,
  "redirect-308": WHOLE,
  "redirect-302": http(405),
  "redirect-303": http(405),
  html: fails("stream", /web page/),
  "html-403": http(403),
  "html-502": { maxRetries: 1, retries: 1, ...http(502) },
  "error-object": fails("stream", /asked for this/, INTERNAL_ERROR),
  text: fails("stream", /upstream connect error/, /upstream connect error/),
  hang: { timeoutMs: 100, ...fails("timeout") },

  // In what a stream says.
  "error-first": fails("stream", /asked for this/, INTERNAL_ERROR),
  "error-in-stream": breaksOff("stream", /asked for this/, INTERNAL_ERROR),
  "error-after-finish": { text: proper.text, finish: "stop", usage: "any", error: { code: "stream", body: INTERNAL_ERROR } },
  "error-after-done": WHOLE,
  "choice-error": breaksOff("stream", /asked for this/, INTERNAL_ERROR),
  "done-only": fails("stream", /nothing that a model said/, /DONE/),
  "text-after-done": WHOLE,
  "no-done": WHOLE,
  "no-usage": { ...WHOLE, usage: undefined },
  "choice-usage": { ...WHOLE, usage: choiceUsage },
  "doubled-usage": WHOLE,
  "choice-usage,no-done": { ...WHOLE, usage: choiceUsage },
  "several-choices": { ...NOTHING, reasoning: "any", error: { code: "stream", message: /several choices/ } },
  refusal: WHOLE,
  "tool-calls": { ...WHOLE, finish: "tool_calls", toolCalls },
  "tool-calls-no-index": { ...WHOLE, finish: "tool_calls", toolCalls },
  "huge-3000000": { ...WHOLE, text: "longer" },
  // Just below and just above the cap of 16 MiB.
  "huge-16777000": { ...WHOLE, text: "longer" },
  "huge-16778000": { text: proper.text, finish: undefined, usage: undefined, error: { code: "stream", message: /16777216|16 MiB/ } },

  // In how a stream travels.
  json: WHOLE,
  "json,content-type-text/plain": WHOLE,
  "json,content-type-none": WHOLE,
  "json,cut-300": fails("network", BROKEN),
  "json,end-300": fails("stream"),
  "slow-40": WHOLE,
  bytewise: WHOLE,
  "pieces-3": WHOLE,
  silence: { timeoutMs: 100, ...fails("timeout") },
  "silence-1": { timeoutMs: 100, ...fails("timeout") },
  // Long enough for the words before it, on a machine that is busy besides.
  "silence-4000": { timeoutMs: 2000, ...breaksOff("timeout") },
  // All of it came, so it is an answer, whatever becomes of the line.
  "no-done,hold": WHOLE,
  "no-done,beats": WHOLE,
  "no-done,reset": WHOLE,
  "no-done,no-usage,hold": { ...WHOLE, usage: undefined },
  "no-done,no-usage,beats": { ...WHOLE, usage: undefined },
  "no-done,no-usage,reset": { ...WHOLE, usage: undefined },
  "no-done,choice-usage,hold": { ...WHOLE, usage: choiceUsage },
  "json,reset": WHOLE,
  heartbeats: WHOLE,
  "heartbeats,bytewise": WHOLE,
  drop: { maxRetries: 1, ...breaksOff("network", BROKEN) },
  "cut-0": { maxRetries: 1, retries: 1, ...fails("network", BROKEN) },
  // Another try would be paid twice.
  "cut-1": { maxRetries: 1, ...fails("network", BROKEN) },
  "cut-4000": { maxRetries: 1, ...breaksOff("network", BROKEN) },
  "end-0": fails("stream", UNFINISHED),
  "end-4000": breaksOff("stream", UNFINISHED),
  crlf: WHOLE,
  "crlf,bytewise": WHOLE,
  "broken-event": breaksOff("stream", /not a chat completion/),
  "content-type-text/plain": WHOLE,
  "content-type-application/octet-stream": WHOLE,
  "content-type-none": WHOLE,
  "content-type-application/json": WHOLE,
  gzip: WHOLE,
};

/** What came, as the table has it. */
async function receive(stream) {
  const events = [];
  let error;
  try {
    for await (const event of stream) events.push(event);
  } catch (caught) {
    error = caught;
  }
  const of = (kind) => events.filter(({ type }) => type === kind);
  const words = (kind) => of(kind).map(({ text }) => text).join("");
  return {
    events,
    error,
    retries: of("retry").length,
    text: words("text"),
    reasoning: words("reasoning"),
    finishes: of("finish").map(({ reason }) => reason),
    usages: of("usage").map(({ usage }) => usage),
    toolCalls: of("tool_call"),
  };
}

describe("the endpoint's fault", { concurrency: 8 }, () => {
  for (const [fault, { maxRetries = 0, timeoutMs = 20_000, ...expected }] of Object.entries(EXPECTED)) {
    test(fault, { timeout: 30_000 }, async () => {
      const stream = send(fault, { maxRetries, timeoutMs });
      const received = await receive(stream);
      if (expected.error) {
        await assertError(received.error, expected.error);
        await assert.rejects(stream.result, (error) => error === received.error);
      } else {
        assert.ifError(received.error);
        await assertResult(await stream.result, received);
      }
      assert.equal(received.retries, expected.retries ?? 0);
      assertText(received.text, expected.text);
      if (expected.reasoning !== "any") assert.ok((expected.reasoning ?? proper.reasoning).startsWith(received.reasoning));
      if (!expected.error) assert.equal(received.reasoning, proper.reasoning);
      assert.deepEqual(received.finishes, expected.finish ? [expected.finish] : []);
      if (expected.usage !== "any") assert.deepEqual(received.usages.at(-1), expected.usage);
      for (const usage of received.usages) assert.deepEqual(usage, received.usages[0], "what it costs changes");
      assert.deepEqual(received.toolCalls, expected.toolCalls ?? []);
    });
  }
});

function assertError(error, { code, status, message, body }) {
  assert.ok(error instanceof TilewiseError, error);
  assert.equal(error.code, code, error.message);
  assert.equal(error.status, status);
  if (message) assert.match(error.message, message);
  if (body) assert.match(JSON.stringify(error.body), body);
  // A page is no sentence.
  assert.doesNotMatch(error.message, /</);
}

/** The result says what the events said. */
function assertResult(result, { text, reasoning, finishes, usages }) {
  assert.equal(result.text, text);
  assert.equal(result.reasoning, reasoning);
  assert.equal(result.finishReason, finishes[0]);
  assert.deepEqual(result.usage ?? undefined, usages[0]);
}

function assertText(text, expected) {
  if (expected === "longer") return assert.equal(text.replace(/x+$/, ""), proper.text);
  if (expected !== "part") return assert.equal(text, expected);
  assert.ok(text.length > 0 && text.length < proper.text.length);
  assert.ok(proper.text.startsWith(text));
}

describe("a fault that passes", { concurrency: true }, () => {
  for (const status of [408, 409, 429, 500, 502, 503, 504, 529]) {
    test(`status ${status} once is a retry, and then the answer`, async () => {
      const { error, events, retries, text } = await receive(send(`status-${status}-once;id=${randomUUID()};retry-after=0`, { maxRetries: 1 }));
      assert.ifError(error);
      assert.equal(retries, 1);
      assert.equal(events[0].attempt, 1);
      assert.match(events[0].cause, new RegExp(status));
      assert.equal(text, proper.text);
    });
  }

  test("by a connection that breaks before the answer is a retry", async (context) => {
    let attempts = 0;
    const flaky = await serve(context, (incoming, response) => {
      attempts += 1;
      if (attempts === 1) response.destroy();
      else forward(origin, incoming, response);
    });
    const { error, retries, text } = await receive(chat(request, { baseUrl: `${flaky}/v1`, maxRetries: 1 }));
    assert.ifError(error);
    assert.equal(retries, 1);
    assert.equal(text, proper.text);
  });
});

describe("on a clock that the test moves,", () => {
  const clock = useClock();
  const timeoutMs = 1000;

  test("a silence counts from the last event on, and not from the first", async (context) => {
    const event = (choice) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, ...choice }] })}\n\n`;
    let answer;
    const slow = await serve(context, (_, response) => {
      answer = response.writeHead(200, { "content-type": "text/event-stream" });
      answer.write(event({ delta: { content: "a" } }));
    });
    const stream = chat(request, { baseUrl: `${slow}/v1`, timeoutMs, maxRetries: 0 });
    const events = stream[Symbol.asyncIterator]();
    for (const text of ["a", "b", "c", "d"]) {
      assert.equal((await events.next()).value.text, text);
      clock.tick(timeoutMs - 100);
      const next = String.fromCharCode(text.charCodeAt(0) + 1);
      answer.write(event({ delta: { content: next } }));
    }
    answer.end(`${event({ finish_reason: "stop" })}data: [DONE]\n\n`);
    assert.equal((await stream.result).text, "abcde");
  });

  test("a silence that is shorter than the time for the bill ends an answer that is complete", async (context) => {
    const stream = send("none,no-done,no-usage,hold", { timeoutMs });
    const events = stream[Symbol.asyncIterator]();
    while ((await events.next()).value.type !== "finish");
    // Into the wait.
    await turn();
    clock.tick(timeoutMs);
    const { text, usage } = await stream.result;
    assert.deepEqual({ text, usage }, { text: proper.text, usage: null });
  });

  for (const [name, after, shortest, longest] of [
    ["Retry-After in seconds", "retry-after=2", 2000, 2000],
    // Whole seconds, and some time has passed. Node's own pool of connections uses these timers too, from four seconds on.
    ["a date in Retry-After", "retry-after-date=3", 1, 3000],
  ]) {
    test(`a fault that passes is waited for as long as ${name} says`, async (context) => {
      let requests = 0;
      const counting = await serve(context, (incoming, response) => {
        requests += 1;
        forward(origin, incoming, response);
      });
      const fault = encodeURIComponent(`status-503-once;id=${randomUUID()};${after}`);
      const stream = chat(request, { baseUrl: `${counting}/faults/${fault}/v1`, maxRetries: 1 });
      const { value: retry } = await stream[Symbol.asyncIterator]().next();
      assert.equal(retry.type, "retry");
      assert.ok(retry.waitMs >= shortest && retry.waitMs <= longest, `${retry.waitMs} ms`);

      // Whatever was sent before another answer is complete has arrived with it.
      await send("none").result;
      clock.tick(retry.waitMs - 1);
      await send("none").result;
      assert.equal(requests, 1);
      clock.tick(1);
      assert.equal((await stream.result).text, proper.text);
      assert.equal(requests, 2);
    });
  }
});

describe("a redirect to another origin", { concurrency: true }, () => {
  test("is followed, without the key", async (context) => {
    let headers;
    const elsewhere = await serve(context, (incoming, response) => {
      headers = incoming.headers;
      forward(origin, incoming, response);
    });
    const { text } = await send(`redirect-307;to=${elsewhere}`).result;
    assert.equal(text, proper.text);
    assert.equal(headers.authorization, undefined);
  });

  test("where no server answers is a network error", async () => {
    const { error } = await receive(send(`redirect-307;to=${await deserted()}`));
    assert.equal(error.code, "network");
  });
});

/** Event streams of any make, cut anywhere: the package reads what `eventsource-parser` and `JSON.parse` read. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, describe, test } from "node:test";
import { createParser } from "eventsource-parser";
import { draft, fixture } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";

const project = await createProject({ after });
const { default: init, chat } = await project.load();
await init();

const SEEDS = 300;

/**
 * Where the two differ on purpose, each on a stream that neither would otherwise be tried on. `ours` and `theirs`
 * are the texts that a client hears.
 */
const DIFFERENCES = [
  {
    why: "the standard drops an event without a blank line behind it; it may be the bill, so the package takes it",
    stream: [word("a"), word("b").trimEnd()],
    ours: ["a", "b"],
    theirs: ["a"],
  },
  {
    why: "the same where not even the line has ended",
    stream: [word("a"), `${word("b").trimEnd()}\r`],
    ours: ["a", "b"],
    theirs: ["a"],
  },
  {
    why: "behind [DONE] nothing is read any more",
    stream: [word("a"), "data: [DONE]\n\n", word("b")],
    ours: ["a"],
    theirs: ["a", "b"],
  },
];

function word(content) {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}

/** Numbers from 0 up to 1 that a seed settles (mulberry32). */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A stream of chat completion chunks in any dress, as bytes in pieces. */
function makeStream(seed) {
  const random = randomNumbers(seed);
  const below = (most) => Math.floor(random() * most);
  const pick = (...choices) => choices[below(choices.length)];
  const lineEnd = () => pick("\n", "\r\n", "\r");
  const text = () => Array.from({ length: below(6) }, () => pick("a", " ", "ü", "街", "👍🏽", "\u{feff}", "\u2028", "\r\n", "data: ", '"', ":")).join("");

  const delta = () =>
    pick(
      () => ({ content: text() }),
      () => ({ reasoning_content: text(), content: null }),
      () => ({ reasoning: text() }),
      () => ({ content: text(), reasoning_content: text() }),
      () => ({ tool_calls: [{ index: below(3), id: pick(undefined, "call"), function: { name: pick(undefined, "measure"), arguments: text() } }] }),
      () => ({}),
    )();
  const chunk = () =>
    pick(
      () => ({ id: "1", choices: [{ index: 0, delta: delta(), finish_reason: null }] }),
      () => ({ id: "1", choices: [{ index: 0, delta: delta() }] }),
      () => ({ choices: [] }),
    )();
  const noise = () =>
    pick(
      () => `:${text().replaceAll(/[\r\n]/g, "")}`,
      () => `event: ${pick("message", "x")}`,
      () => `id: ${below(100)}`,
      () => `retry: ${below(100)}`,
      () => "unknown: field",
      () => "unknown",
      // Ends an event that has no data, which is none.
      () => "",
    )();

  /** A line feed behind a carriage return would belong to it, and end no line of its own. */
  const close = (event) => event + (event.endsWith("\r") ? pick("\r", "\r\n") : lineEnd());

  /** JSON may be broken between its tokens, and so into several lines of data. */
  const dress = (json) => {
    const lines = pick(JSON.stringify(json), JSON.stringify(json, null, 1)).split("\n");
    const written = lines.map((line) => `data:${pick("", " ")}${line}`);
    if (below(3) === 0) written.unshift(noise());
    if (below(3) === 0) written.splice(below(written.length + 1), 0, pick(": in between", "id: 1", "retry: 5"));
    return close(written.map((line) => line + lineEnd()).join(""));
  };

  const chunks = Array.from({ length: 1 + below(12) }, chunk);
  chunks.push({ choices: [{ index: 0, delta: {}, finish_reason: pick("stop", "length") }] });
  if (below(2) === 0) chunks.push({ choices: [], usage: { prompt_tokens: below(1000), completion_tokens: below(1000) } });
  let stream = pick("", "", "\u{feff}");
  for (const chunk of chunks) {
    while (below(4) === 0) stream += noise() + lineEnd();
    stream += dress(chunk);
  }
  if (below(2) === 0) stream += close(`data: [DONE]${lineEnd()}`);
  // A tail that no line end ends, which is not an event.
  if (below(4) === 0) stream += pick(": a comment", "id: 7", "unknown");
  const bytes = new TextEncoder().encode(stream);
  return { bytes, pieces: cut(bytes, random) };
}

function cut(bytes, random) {
  const longest = [1, 3, 20, 500][Math.floor(random() * 4)];
  const pieces = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(random() * longest);
    pieces.push(bytes.subarray(at, (at += length)));
  }
  return pieces;
}

/** The reference: the events of `eventsource-parser`, and of each the little that a chunk can say. */
function readByReference(bytes) {
  const events = [];
  const parser = createParser({
    onEvent({ data }) {
      if (data !== "[DONE]" && data.trim() !== "") events.push(...readChunk(JSON.parse(data)));
    },
  });
  parser.feed(new TextDecoder().decode(bytes));
  // It waits behind a carriage return at the very end for the line feed that may belong to it.
  parser.feed("\n");
  return merge(events);
}

function* readChunk({ choices: [choice], usage }) {
  const { delta = {}, finish_reason } = choice ?? {};
  const reasoning = delta.reasoning_content ?? delta.reasoning;
  if (reasoning) yield { type: "reasoning", text: reasoning };
  if (delta.content) yield { type: "text", text: delta.content };
  for (const { index, id = null, function: { name = null, arguments: text } } of delta.tool_calls ?? []) {
    yield { type: "tool_call", index, id, name, arguments: text };
  }
  if (finish_reason) yield { type: "finish", reason: finish_reason };
  if (usage) {
    const none = { cachedInputTokens: null, reasoningTokens: null };
    yield { type: "usage", usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens, ...none } };
  }
}

/** A text may be cut into any number of events: neighbours of one kind are one. */
function merge(events) {
  const merged = [];
  for (const event of events) {
    const last = merged.at(-1);
    if (last?.type === event.type && (event.type === "text" || event.type === "reasoning")) last.text += event.text;
    else merged.push({ ...event });
  }
  return merged;
}

/** What the package hears of pieces that a server sends one by one. */
async function receive(context, pieces) {
  const baseUrl = await serve(context, async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) {
      response.write(piece);
      // A piece a turn, lest they go out together.
      await new Promise(setImmediate);
    }
    response.end();
  });
  return hearFrom(baseUrl);
}

async function hearFrom(baseUrl) {
  const events = [];
  let error = null;
  try {
    for await (const event of chat(draft(), { baseUrl, maxRetries: 0 })) events.push(event);
  } catch (caught) {
    error = { message: caught.message };
  }
  return { events: merge(events), error };
}

test(`${SEEDS} streams of any make, cut anywhere, are read as the reference reads them`, async (context) => {
  const streams = new Map();
  const baseUrl = await serve(context, async (incoming, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of streams.get(incoming.url.split("/")[1])) {
      response.write(piece);
      await new Promise(setImmediate);
    }
    response.end();
  });
  const kinds = new Set();
  const hearSeed = async (seed) => {
    const { bytes, pieces } = makeStream(seed);
    streams.set(String(seed), pieces);
    const expected = readByReference(bytes);
    const { events, error } = await hearFrom(`${baseUrl}/${seed}`);
    assert.equal(error, null, `seed ${seed}: ${error?.message}`);
    assert.deepEqual(events, expected, `seed ${seed}`);
    for (const { type } of events) kinds.add(type);
  };
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (seeds.length > 0) await hearSeed(seeds.pop());
  }));
  assert.deepEqual([...kinds].sort(), ["finish", "reasoning", "text", "tool_call", "usage"]);
});

describe("on purpose it is different where", { concurrency: true }, () => {
  const texts = (events) => events.filter(({ type }) => type === "text").map(({ text }) => text).join("");
  const finish = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`;
  for (const { why, stream, ours, theirs } of DIFFERENCES) {
    test(why, async (context) => {
      const bytes = new TextEncoder().encode(finish + stream.join(""));
      assert.equal(texts(readByReference(bytes)), theirs.join(""));
      for (const size of [1, 7, bytes.length]) {
        const { events, error } = await receive(context, cut(bytes, () => (size - 1) / 500));
        assert.equal(error, null);
        assert.equal(texts(events), ours.join(""));
      }
    });
  }
});

describe("a transcript says what stands beside it", { concurrency: true }, () => {
  const folder = "transcripts";
  const names = readdirSync(new URL(`../fixtures/${folder}`, import.meta.url)).filter((name) => name.endsWith(".sse"));
  assert.ok(names.length >= 14);
  for (const name of names) {
    test(name, async (context) => {
      const bytes = fixture(`${folder}/${name}`);
      const expected = JSON.parse(new TextDecoder().decode(fixture(`${folder}/${name.replace(".sse", ".json")}`)));
      const { events, error } = await receive(context, cut(bytes, randomNumbers(bytes.length)));
      assert.deepEqual(events, merge(expected.events));
      assert.deepEqual(error, expected.error);
    });
  }
});

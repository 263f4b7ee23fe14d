/** `tilewise/fetch` with the other clients that take a fetch, each beside itself without it. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, streamText, tool } from "ai";
import { conversation, seeded, TOOL } from "../support/conversations.js";
import { origin } from "../support/environment.js";
import { fixture, PHOTO } from "../support/fixtures.js";
import { loadGuard, outcomeOf, recordingProxy } from "../support/guarded.js";
import { createProject } from "../support/project.js";

const project = await createProject({ after });
const { default: init, guard, preload } = await loadGuard(project);
await init();
await preload(["network"]);

const MODEL = "moonshotai/Kimi-K3";
const photo = fixture(PHOTO);
const base64 = Buffer.from(photo).toString("base64");
const PHOTO_URL = `data:image/jpeg;base64,${base64}`;

/** By client: one call, told where the endpoint is and what fetches. */
const clients = {
  "@anthropic-ai/sdk, whole": async ({ baseURL, fetch, signal, retries, asked }) => {
    const { content, stop_reason, usage } = await anthropic(baseURL, fetch, retries).messages.create(message(asked), { signal });
    return { content, stop_reason, usage };
  },
  "@anthropic-ai/sdk, streamed": async ({ baseURL, fetch, signal, tell, retries, asked }) => {
    const stream = await anthropic(baseURL, fetch, retries).messages.create({ ...message(asked), stream: true }, { signal });
    for await (const event of stream) tell(event);
  },
  "AI SDK, generateText": async ({ baseURL, fetch, signal, retries, asked }) => {
    const { text, usage, finishReason } = await generateText({ ...prompt(baseURL, fetch, asked), abortSignal: signal, maxRetries: retries });
    return { text, usage, finishReason };
  },
  "AI SDK, streamText": async ({ baseURL, fetch, signal, tell, retries, asked }) => {
    let failure;
    const onError = ({ error }) => {
      failure = error;
    };
    const { textStream, usage } = streamText({ ...prompt(baseURL, fetch, asked), abortSignal: signal, maxRetries: retries, onError });
    for await (const piece of textStream) tell(piece);
    signal?.throwIfAborted();
    if (failure) throw failure;
    return usage;
  },
  "LangChain, invoke": async ({ baseURL, fetch, signal, retries, asked }) => {
    const { content, usage_metadata } = await langChain(baseURL, fetch, retries).invoke(turns(asked), { signal });
    return { content, usage_metadata };
  },
  "LangChain, stream": async ({ baseURL, fetch, signal, tell, retries, asked }) => {
    for await (const { content } of await langChain(baseURL, fetch, retries).stream(turns(asked), { signal })) tell(content);
  },
};

/** What is asked, in the form of chat completions. */
const QUESTION = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: PHOTO_URL } }] },
];

const { name: TOOL_NAME, parameters: SCHEMA } = TOOL.function;

const list = (content) => (typeof content === "string" ? [{ type: "text", text: content }] : content);
const dataOf = (url) => /^data:([^;]+);base64,(.*)$/s.exec(url);
const callsOf = ({ tool_calls: calls = [] }) => calls.map(({ id, function: { name, arguments: given } }) => ({ id, name, input: JSON.parse(given) }));
const withTools = (messages) => messages.some(({ role }) => role === "tool");
const withoutSystem = (messages) => messages.filter(({ role }) => role !== "system");

const anthropic = (baseURL, fetch, maxRetries) => new Anthropic({ baseURL, apiKey: "secret", maxRetries, ...(fetch && { fetch }) });

function message(messages) {
  const part = ({ type, text, image_url: image }) => {
    if (type === "text") return { type, text };
    const [, media_type, data] = dataOf(image.url) ?? [];
    return { type: "image", source: data ? { type: "base64", media_type, data } : { type: "url", url: image.url } };
  };
  const turn = (of) => {
    if (of.role === "tool") return { role: "user", content: [{ type: "tool_result", tool_use_id: of.tool_call_id, content: of.content }] };
    const calls = callsOf(of).map((call) => ({ type: "tool_use", ...call }));
    return { role: of.role, content: calls.length > 0 ? calls : typeof of.content === "string" ? of.content : of.content.map(part) };
  };
  return {
    model: MODEL,
    max_tokens: 60,
    ...(messages[0].role === "system" && { system: messages[0].content }),
    ...(withTools(messages) && { tools: [{ name: TOOL_NAME, input_schema: SCHEMA }] }),
    messages: withoutSystem(messages).map(turn),
  };
}

function prompt(baseURL, fetch, messages) {
  const part = ({ type, text, image_url: image }) => {
    if (type === "text") return { type, text };
    const [, mediaType, data] = dataOf(image.url) ?? [];
    return { type: "file", mediaType: mediaType ?? "image/png", data: data ? Buffer.from(data, "base64") : new URL(image.url) };
  };
  const turn = (of) => {
    if (of.role === "tool") return { role: "tool", content: [{ type: "tool-result", toolCallId: of.tool_call_id, toolName: TOOL_NAME, output: { type: "text", value: of.content } }] };
    const calls = callsOf(of).map(({ id, name, input }) => ({ type: "tool-call", toolCallId: id, toolName: name, input }));
    return { role: of.role, content: calls.length > 0 ? calls : list(of.content).map(part) };
  };
  return {
    model: createOpenAICompatible({ name: "local", baseURL: `${baseURL}/v1`, apiKey: "secret", includeUsage: true, ...(fetch && { fetch }) })(MODEL),
    maxOutputTokens: 60,
    ...(messages[0].role === "system" && { system: messages[0].content }),
    ...(withTools(messages) && { tools: { [TOOL_NAME]: tool({ inputSchema: jsonSchema(SCHEMA) }) } }),
    messages: withoutSystem(messages).map(turn),
  };
}

const langChain = (baseURL, fetch, maxRetries) =>
  new ChatOpenAI({ model: MODEL, apiKey: "secret", maxTokens: 60, maxRetries, configuration: { baseURL: `${baseURL}/v1`, ...(fetch && { fetch }) } });

const turns = (messages) =>
  messages.map((of) => {
    if (of.role === "system") return new SystemMessage(of.content);
    if (of.role === "tool") return new ToolMessage({ content: of.content, tool_call_id: of.tool_call_id });
    if (of.role === "assistant") return new AIMessage({ content: of.content ?? "", tool_calls: callsOf(of).map(({ id, name, input }) => ({ id, name, args: input })) });
    return new HumanMessage({ content: of.content });
  });

for (const [name, run] of Object.entries(clients)) {
  describe(name, () => {
    const compare = async (context, fault, asked = QUESTION, known) => {
      const proxy = known ?? (await recordingProxy(context));
      const baseURL = `${proxy.origin}/faults/${encodeURIComponent(fault)}`;
      const plain = await outcomeOf((tell) => run({ baseURL, tell, retries: 0, asked }));
      const sent = proxy.taken();
      const bills = [];
      const guarded = await outcomeOf((tell) => run({ baseURL, tell, retries: 0, asked, fetch: guard({ onBill: (bill) => bills.push(bill) }) }));
      assert.deepEqual(guarded, plain);
      assert.deepEqual(stripped(proxy.taken()), stripped(sent));
      return { plain, bills };
    };

    test("sends the same bytes, gets the same, and is billed", async (context) => {
      const { plain, bills } = await compare(context, "none");
      assert.ifError(plain.error);
      assert.equal(bills.length, 1);
      const [{ inputTokens, follows, cost }] = bills;
      assert.ok(inputTokens.reported === null || inputTokens.reported === inputTokens.estimated, JSON.stringify(inputTokens));
      assert.ok(follows === null || follows === "processor");
      assert.ok(cost.highUsd > 0);
    });

    test("sends 200 random conversations as without the guard", { timeout: 600_000 }, async (context) => {
      const proxy = await recordingProxy(context);
      const random = seeded(28);
      for (let count = 0; count < 200; count += 1) {
        // The AI SDK itself fetches what lies at an address.
        const options = name.startsWith("AI SDK") ? { addresses: [PHOTO_URL] } : {};
        const { plain } = await compare(context, "none", conversation(random, PHOTO_URL, options), proxy);
        assert.ifError(plain.error);
      }
    });

    const faults = ["status-401", "status-429;retry-after=none", "status-503", "html", "text", "error-object", "hang"];
    const ofStreams = ["cut-1", "cut-400", "end-0", "drop", "bytewise", "crlf", "gzip", "json"];
    for (const fault of name.includes("stream") ? [...faults, ...ofStreams] : faults) {
      test(`sees the endpoint's fault as it is: ${fault}`, { timeout: 60_000 }, async (context) => {
        if (fault !== "hang") {
          await compare(context, fault);
          return;
        }
        const leave = async (fetch) => {
          const proxy = await recordingProxy(context);
          const controller = new AbortController();
          proxy.onRequest.push(() => controller.abort());
          const { error } = await outcomeOf((tell) => run({ baseURL: `${proxy.origin}/faults/hang`, fetch, tell, retries: 0, asked: QUESTION, signal: controller.signal }));
          return error;
        };
        const plain = await leave();
        assert.ok(plain);
        assert.deepEqual(await leave(guard()), plain);
      });
    }

    test("shows a refusal as an error, and does not try again", async () => {
      let calls = 0;
      const counted = guard({ maxUsd: 0, fetch: () => assert.fail("it was sent") });
      const fetch = (...args) => {
        calls += 1;
        return counted(...args);
      };
      const { error } = await outcomeOf((tell) => run({ baseURL: origin, fetch, tell, retries: 2, asked: QUESTION }));
      assert.equal(calls, 1);
      assert.match(error.message, /not sent: it is estimated at/);
    });

    test("keeps a budget", async () => {
      const fetch = guard({ budgetUsd: 0.02 });
      const outcomes = await Promise.all(Array.from({ length: 40 }, () => outcomeOf((tell) => run({ baseURL: origin, fetch, tell, retries: 0, asked: QUESTION }))));
      const refused = outcomes.filter(({ error }) => /not sent/.test(error?.message)).length;
      assert.ok(refused > 0 && refused < 40, `${refused} were refused`);
      assert.ok(fetch.spentUsd > 0 && fetch.spentUsd <= 0.02, `${fetch.spentUsd}`);
    });
  });
}

/** Without identifiers that a client makes up for each request. */
const stripped = (requests) =>
  requests.map(({ headers, ...rest }) => ({ ...rest, headers: headers.filter((header) => !/^(traceparent|x-request-id|idempotency-key):/i.test(header)) }));

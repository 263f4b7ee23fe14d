/** `tilewise/fetch` with the other clients that take a fetch, each beside itself without it. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, streamText } from "ai";
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

/** By client: one call, told where the endpoint is and what fetches. */
const clients = {
  "@anthropic-ai/sdk, whole": async ({ baseURL, fetch, signal, retries }) => {
    const { content, stop_reason, usage } = await anthropic(baseURL, fetch, retries).messages.create(message(), { signal });
    return { content, stop_reason, usage };
  },
  "@anthropic-ai/sdk, streamed": async ({ baseURL, fetch, signal, tell, retries }) => {
    const stream = await anthropic(baseURL, fetch, retries).messages.create({ ...message(), stream: true }, { signal });
    for await (const event of stream) tell(event);
  },
  "AI SDK, generateText": async ({ baseURL, fetch, signal, retries }) => {
    const { text, usage, finishReason } = await generateText({ ...prompt(baseURL, fetch), abortSignal: signal, maxRetries: retries });
    return { text, usage, finishReason };
  },
  "AI SDK, streamText": async ({ baseURL, fetch, signal, tell, retries }) => {
    let failure;
    const onError = ({ error }) => {
      failure = error;
    };
    const { textStream, usage } = streamText({ ...prompt(baseURL, fetch), abortSignal: signal, maxRetries: retries, onError });
    for await (const piece of textStream) tell(piece);
    signal?.throwIfAborted();
    if (failure) throw failure;
    return usage;
  },
  "LangChain, invoke": async ({ baseURL, fetch, signal, retries }) => {
    const { content, usage_metadata } = await langChain(baseURL, fetch, retries).invoke(messages(), { signal });
    return { content, usage_metadata };
  },
  "LangChain, stream": async ({ baseURL, fetch, signal, tell, retries }) => {
    for await (const { content } of await langChain(baseURL, fetch, retries).stream(messages(), { signal })) tell(content);
  },
};

const anthropic = (baseURL, fetch, maxRetries) => new Anthropic({ baseURL, apiKey: "secret", maxRetries, ...(fetch && { fetch }) });

const message = () => ({
  model: MODEL,
  max_tokens: 60,
  system: "Be brief.",
  messages: [
    {
      role: "user",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data: base64 } },
        { type: "text", text: "What is this?" },
      ],
    },
  ],
});

const prompt = (baseURL, fetch) => ({
  model: createOpenAICompatible({ name: "local", baseURL: `${baseURL}/v1`, apiKey: "secret", includeUsage: true, ...(fetch && { fetch }) })(MODEL),
  maxOutputTokens: 60,
  messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "file", data: photo, mediaType: "image/jpeg" }] }],
});

const langChain = (baseURL, fetch, maxRetries) =>
  new ChatOpenAI({ model: MODEL, apiKey: "secret", maxTokens: 60, maxRetries, configuration: { baseURL: `${baseURL}/v1`, ...(fetch && { fetch }) } });

const messages = () => [
  new SystemMessage("Be brief."),
  new HumanMessage({ content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: `data:image/jpeg;base64,${base64}` } }] }),
];

for (const [name, run] of Object.entries(clients)) {
  describe(name, () => {
    const compare = async (context, fault) => {
      const proxy = await recordingProxy(context);
      const baseURL = `${proxy.origin}/faults/${encodeURIComponent(fault)}`;
      const plain = await outcomeOf((tell) => run({ baseURL, tell, retries: 0 }));
      const sent = proxy.taken();
      const bills = [];
      const guarded = await outcomeOf((tell) => run({ baseURL, tell, retries: 0, fetch: guard({ onBill: (bill) => bills.push(bill) }) }));
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
          const { error } = await outcomeOf((tell) => run({ baseURL: `${proxy.origin}/faults/hang`, fetch, tell, retries: 0, signal: controller.signal }));
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
      const { error } = await outcomeOf((tell) => run({ baseURL: origin, fetch, tell, retries: 2 }));
      assert.equal(calls, 1);
      assert.match(error.message, /not sent: it is estimated at/);
    });

    test("keeps a budget", async () => {
      const fetch = guard({ budgetUsd: 0.02 });
      const outcomes = await Promise.all(Array.from({ length: 40 }, () => outcomeOf((tell) => run({ baseURL: origin, fetch, tell, retries: 0 }))));
      const refused = outcomes.filter(({ error }) => /not sent/.test(error?.message)).length;
      assert.ok(refused > 0 && refused < 40, `${refused} were refused`);
      assert.ok(fetch.spentUsd > 0 && fetch.spentUsd <= 0.02, `${fetch.spentUsd}`);
    });
  });
}

/** Without identifiers that a client makes up for each request. */
const stripped = (requests) =>
  requests.map(({ headers, ...rest }) => ({ ...rest, headers: headers.filter((header) => !/^(traceparent|x-request-id|idempotency-key):/i.test(header)) }));

/** Everybody's way from the stream of an answer to its text and its bill. Runs in Node and in pages. */
import { createParser } from "eventsource-parser";
import OpenAI from "openai";

const DRAFT = { model: "moonshotai/Kimi-K2.6", text: "What is this?", media: [] };
const HEADERS = { "content-type": "text/event-stream" };

export const contestants = (chat) => ({
  tilewise: (stream) => withFetch(stream, () => byTilewise(chat)),
  "eventsource-parser": byEventsourceParser,
  openai: (stream) => withFetch(stream, byOpenai),
  bare,
});

async function byTilewise(chat) {
  const said = { length: 0, tokens: 0 };
  for await (const event of chat(DRAFT, { baseUrl: "https://example.com/v1", apiKey: "none" })) {
    if (event.type === "text") said.length += event.text.length;
    else if (event.type === "usage") said.tokens = event.usage.outputTokens;
  }
  return said;
}

async function byOpenai() {
  const client = new OpenAI({ apiKey: "none", dangerouslyAllowBrowser: true, maxRetries: 0 });
  const messages = [{ role: "user", content: DRAFT.text }];
  const said = { length: 0, tokens: 0 };
  for await (const chunk of await client.chat.completions.create({ model: DRAFT.model, messages, stream: true })) add(chunk, said);
  return said;
}

/** The stream alone: whoever uses this package fetches by himself. */
async function byEventsourceParser(stream) {
  const said = { length: 0, tokens: 0 };
  const parser = createParser({
    onEvent({ data }) {
      if (data !== "[DONE]") add(JSON.parse(data), said);
    },
  });
  const decoder = new TextDecoder();
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return said;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

/** The reads, and nothing else. */
async function bare(stream) {
  for (const reader = stream.getReader(); ; ) if ((await reader.read()).done) return undefined;
}

function add({ choices, usage }, said) {
  const text = choices[0]?.delta.content;
  if (text) said.length += text.length;
  if (usage) said.tokens = usage.completion_tokens;
}

async function withFetch(stream, run) {
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response(stream, { headers: HEADERS });
  try {
    return await run();
  } finally {
    globalThis.fetch = fetch;
  }
}

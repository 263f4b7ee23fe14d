/** Everybody's way from a request to what an answer says. Runs in Node and in pages. */
import { createParser } from "eventsource-parser";
import OpenAI from "openai";
import { ADDRESS, BASE_URL } from "./answer.js";

const MODEL = "moonshotai/Kimi-K2.6";
const PROMPT = "What is this?";

export const contestants = (chat) => ({
  /** The reads, and nothing else. */
  async bare() {
    const said = nothing();
    for await (const bytes of chunks((await request()).body)) said.bytes += bytes.length;
    return said;
  },

  async tilewise() {
    const said = nothing();
    const draft = { model: MODEL, text: PROMPT, media: [] };
    for await (const event of chat(draft, { baseUrl: BASE_URL })) {
      if (event.type === "text" || event.type === "reasoning") said[event.type] += event.text.length;
      else if (event.type === "usage") said.inputTokens = event.usage.inputTokens;
    }
    return said;
  },

  async "eventsource-parser"() {
    const said = nothing();
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent({ data }) {
        if (data !== "[DONE]") take(said, JSON.parse(data));
      },
    });
    for await (const bytes of chunks((await request()).body)) parser.feed(decoder.decode(bytes, { stream: true }));
    return said;
  },

  async openai() {
    const said = nothing();
    const client = new OpenAI({ apiKey: "none", baseURL: BASE_URL, dangerouslyAllowBrowser: true });
    const messages = [{ role: "user", content: PROMPT }];
    const stream = await client.chat.completions.create({ model: MODEL, messages, stream: true });
    for await (const chunk of stream) take(said, chunk);
    return said;
  },
});

const nothing = () => ({ bytes: 0, reasoning: 0, text: 0, inputTokens: 0 });

/** The least that a client does with a chunk. */
function take(said, { choices: [choice], usage }) {
  said.reasoning += choice?.delta.reasoning_content?.length ?? 0;
  said.text += choice?.delta.content?.length ?? 0;
  if (usage) said.inputTokens = usage.prompt_tokens;
}

const request = () => fetch(ADDRESS, { method: "POST", body: "{}" });

/** Not every browser's streams can be iterated. */
async function* chunks(body) {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** A long answer as Kimi streams it: a third of it reasoning, a token an event, usage in both places. */

export const BASE_URL = "https://example.com/v1";

/** Where everybody asks. */
export const ADDRESS = `${BASE_URL}/chat/completions`;

/** Tokens as they come: whole words, parts of words, marks, line breaks, and letters of two to four bytes. */
const TOKENS = [" the", " image", " shows", " a", " narrow", " street", ",", " where", "\n\n", "- ", "**", "Über", " 街", "道", " 👍", ".", " re", "flect", "ions", " \"quoted\""];

const HEAD = '{"id":"chatcmpl-8f14e45fceea167a5a36dedd4bea2543","object":"chat.completion.chunk","created":1764000000,"model":"moonshotai/Kimi-K2.6","choices":';

const USAGE = { prompt_tokens: 1374, completion_tokens: 40_000, total_tokens: 41_374, prompt_tokens_details: { cached_tokens: 0 } };

const event = (choices, rest = "") => `data: ${HEAD}${JSON.stringify(choices)}${rest}}\n\n`;

/** About so many bytes, and what a client must have read when it has read them all. */
export function makeAnswer(length) {
  const deltas = (name) =>
    TOKENS.map((token) => ({ token, event: event([{ index: 0, delta: { [name]: token }, finish_reason: null }]) }));
  const parts = [event([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }])];
  const truth = { reasoning: 0, text: 0, inputTokens: USAGE.prompt_tokens };
  let left = length;
  for (const [kind, name, until] of [["reasoning", "reasoning_content", (length * 2) / 3], ["text", "content", 0]]) {
    const choice = deltas(name);
    for (let index = 0; left > until; index++) {
      // Any order will do that repeats itself only after a while.
      const { token, event } = choice[(index * 7 + (index >> 4)) % choice.length];
      parts.push(event);
      truth[kind] += token.length;
      left -= event.length;
    }
  }
  const finish = { index: 0, delta: {}, finish_reason: "stop", usage: { ...USAGE, prompt_tokens: 1375 } };
  parts.push(event([finish]), event([], `,"usage":${JSON.stringify(USAGE)}`), "data: [DONE]\n\n");
  return { bytes: new TextEncoder().encode(parts.join("")), truth };
}

/**
 * Makes `fetch` answer with these bytes, for all contestants alike, and gives what undoes it. It answers for the
 * contest's address alone: what else anybody asks for, such as a binary that is loaded when first needed, comes as ever.
 */
export function answerFetch(bytes, chunk) {
  const { fetch } = globalThis;
  globalThis.fetch = async (resource, options) => {
    if ((resource instanceof Request ? resource.url : String(resource)) !== ADDRESS) return fetch(resource, options);
    let at = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          if (at === bytes.length) return controller.close();
          controller.enqueue(bytes.subarray(at, (at = Math.min(at + chunk, bytes.length))));
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  return () => {
    globalThis.fetch = fetch;
  };
}

/** The bytes of an answer as Kimi streams it, of about this length, and what they say. */

const WORDS = ["A ", "wide ", "shore ", "under ", "low ", "clouds, ", "où ", "la mer ", "回来 ", "\"again\" ", "and ", "again.\n", "👍 "];

export function makeAnswer(bytes) {
  const head = { id: "chatcmpl-5f2c9d1e8a7b4c3d", object: "chat.completion.chunk", created: 1_764_000_000, model: "moonshotai/Kimi-K2.6" };
  const event = (fields) => `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
  const delta = (delta, finish_reason = null) => event({ choices: [{ index: 0, delta, finish_reason, logprobs: null }] });
  const events = WORDS.map((word) => delta({ content: word }));
  const round = events.join("");
  const rounds = Math.max(1, Math.round(bytes / new TextEncoder().encode(round).length));
  const usage = { prompt_tokens: 4171, completion_tokens: rounds * WORDS.length, total_tokens: 4171 + rounds * WORDS.length };
  const end = delta({}, "stop") + event({ choices: [], usage }) + "data: [DONE]\n\n";
  return {
    bytes: new TextEncoder().encode(round.repeat(rounds) + end),
    length: rounds * WORDS.join("").length,
    tokens: usage.completion_tokens,
  };
}

/** The bytes in chunks of this size, as fast as they are read. */
export function streamOf(bytes, size) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, (at += size)));
    },
  });
}

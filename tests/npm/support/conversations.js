/** Conversations that are made up, the same in each run, in the form of chat completions. */

const WORDS = ["a", "word", "Größe", "漢字", "👍", "\\", '"', "\n", "</b>", "\u2028"];
const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
const ADDRESS = "https://example.com/a.png";

export const TOOL = { type: "function", function: { name: "measure", parameters: { type: "object", properties: { side: { type: "string" } } } } };

export function seeded(seed) {
  let state = seed;
  const next = () => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return { below, of: (items) => items[below(items.length)] };
}

/** Up to four questions with answers, and another question: texts, images and calls of `TOOL` with their results. */
export function conversation(random, photo, { addresses = [photo, PIXEL, ADDRESS] } = {}) {
  const words = () => Array.from({ length: random.below(40) }, () => random.of(WORDS)).join(" ");
  const image = () => ({ type: "image_url", image_url: { url: random.of(addresses) } });
  const content = () => (random.below(3) === 0 ? words() || "Hi" : [{ type: "text", text: words() || "Hi" }, ...Array.from({ length: random.below(4) }, image)]);
  const called = (id) => [
    { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: { name: "measure", arguments: JSON.stringify({ side: words() }) } }] },
    { role: "tool", tool_call_id: id, content: words() || "4" },
  ];
  const turns = Array.from({ length: random.below(4) }, (_, index) => [
    { role: "user", content: content() },
    ...(random.below(3) === 0 ? called(`measure:${index}`) : []),
    { role: "assistant", content: words() || "Yes." },
  ]);
  return [...turns.flat(), { role: "user", content: content() }];
}

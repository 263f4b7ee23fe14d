import { measure } from "./measure.js";

await measure(async () => {
  const { countTokens } = await import("gpt-tokenizer");
  return { count: (text) => countTokens(text), heldBytes: () => 0 };
});

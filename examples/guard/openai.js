// node openai.js photo.jpg
import { readFile } from "node:fs/promises";
import OpenAI from "openai";
import { guard } from "tilewise/fetch";

let bill;
const guarded = guard({
  onLimit: "fit",
  budgetUsd: 1,
  onEstimate: ({ inputTokens, cost }) => console.log(`estimated: ${inputTokens} tokens, $${cost.inputUsd}`),
  onBill: (came) => {
    bill = came;
  },
});
const openai = new OpenAI({
  baseURL: process.env.BASETEN_BASE_URL ?? "https://inference.baseten.co/v1",
  apiKey: process.env.BASETEN_API_KEY,
  fetch: guarded,
});

const photo = await readFile(process.argv[2], "base64");
const image_url = { url: `data:image/jpeg;base64,${photo}` };
const stream = await openai.chat.completions.create({
  model: "moonshotai/Kimi-K3",
  max_tokens: 500,
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url }] }],
});
for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? "");
console.log(`\nbilled: ${bill.inputTokens.reported} tokens, $${bill.cost.highUsd} with the answer`);
console.log(`spent: $${guarded.spentUsd}`);

// node langchain.js photo.jpg
import { readFile } from "node:fs/promises";
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { guard } from "tilewise/fetch";

const guarded = guard({ onLimit: "fit", budgetUsd: 1 });
const model = new ChatOpenAI({
  model: "moonshotai/Kimi-K3",
  maxTokens: 500,
  apiKey: process.env.BASETEN_API_KEY,
  configuration: { baseURL: process.env.BASETEN_BASE_URL ?? "https://inference.baseten.co/v1", fetch: guarded },
});

const url = `data:image/jpeg;base64,${await readFile(process.argv[2], "base64")}`;
const question = new HumanMessage({
  content: [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url } },
  ],
});
for await (const { content } of await model.stream([question])) process.stdout.write(content);
console.log(`\nspent: $${guarded.spentUsd}`);

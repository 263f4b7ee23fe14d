// node ai-sdk.js photo.jpg
import { readFile } from "node:fs/promises";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import { guard } from "tilewise/fetch";

const guarded = guard({ onLimit: "fit", budgetUsd: 1 });
const baseten = createOpenAICompatible({
  name: "baseten",
  baseURL: process.env.BASETEN_BASE_URL ?? "https://inference.baseten.co/v1",
  apiKey: process.env.BASETEN_API_KEY,
  includeUsage: true,
  fetch: guarded,
});

const photo = { type: "file", mediaType: "image/jpeg", data: await readFile(process.argv[2]) };
const ask = (text) => ({
  model: baseten("moonshotai/Kimi-K3"),
  maxOutputTokens: 500,
  messages: [{ role: "user", content: [{ type: "text", text }, photo] }],
});

const { text } = await generateText(ask("What is this, in one word?"));
console.log(text);
const { textStream } = streamText(ask("What is this?"));
for await (const piece of textStream) process.stdout.write(piece);
console.log(`\nspent: $${guarded.spentUsd}`);

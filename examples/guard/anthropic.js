// node anthropic.js photo.jpg
import { readFile } from "node:fs/promises";
import Anthropic from "@anthropic-ai/sdk";
import { guard } from "tilewise/fetch";

const guarded = guard({ onLimit: "fit", budgetUsd: 1 });
// The client itself reads ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL.
const anthropic = new Anthropic({ fetch: guarded });

const data = await readFile(process.argv[2], "base64");
const stream = await anthropic.messages.create({
  model: process.env.MODEL ?? "claude-opus-4-5",
  max_tokens: 500,
  stream: true,
  messages: [
    {
      role: "user",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data } },
        { type: "text", text: "What is this?" },
      ],
    },
  ],
});
for await (const event of stream) {
  if (event.type === "content_block_delta" && event.delta.type === "text_delta") process.stdout.write(event.delta.text);
}
console.log(`\nspent: $${guarded.spentUsd}`);

// node presigned.js photo.jpg: what is too large for a request goes to a store first, then to the model by its address.
import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import OpenAI from "openai";
import { estimate, inspect } from "tilewise";
import { guard } from "tilewise/fetch";

const { BASETEN_API_KEY, BASETEN_BASE_URL, S3_BUCKET, S3_ENDPOINT, S3_REGION = "auto" } = process.env;
const MODEL = "moonshotai/Kimi-K3";

// Any store that speaks S3: on your server, which has its keys. The client itself reads AWS_ACCESS_KEY_ID and its secret.
const store = new S3Client({ endpoint: S3_ENDPOINT, region: S3_REGION, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" });
const sign = (command) => getSignedUrl(store, command, { expiresIn: 600 });
const object = { Bucket: S3_BUCKET, Key: randomUUID() };

// In the page: it gets two addresses and no keys.
const photo = await openAsBlob(process.argv[2]);
const facts = await inspect(photo);
const { violations } = estimate({ model: MODEL, text: "", media: [{ facts, via: "base64", data: photo }] });
let url = `data:${facts.mime};base64,`;
if (violations.some(({ code }) => code === "body_too_large")) {
  const { ok, status } = await fetch(await sign(new PutObjectCommand(object)), { method: "PUT", body: photo });
  if (!ok) throw new Error(`the store answered ${status}`);
  url = await sign(new GetObjectCommand(object));
} else url += Buffer.from(await photo.arrayBuffer()).toString("base64");

const guarded = guard({ budgetUsd: 1, facts: { [url]: facts }, onEstimate: ({ mediaTokens }) => console.log(`the photo: ${mediaTokens} tokens`) });
const openai = new OpenAI({ baseURL: BASETEN_BASE_URL ?? "https://inference.baseten.co/v1", apiKey: BASETEN_API_KEY, fetch: guarded });
const { choices } = await openai.chat.completions.create({
  model: MODEL,
  max_tokens: 500,
  messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url } }] }],
});
console.log(choices[0].message.content);

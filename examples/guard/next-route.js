// app/api/ask/route.js of a Next.js app: asks for a user who is logged in, and keeps a budget for each.
import OpenAI from "openai";
import { guard } from "tilewise/fetch";

/** By user; a store that all servers share keeps it for longer. */
const clients = new Map();

function clientOf(user) {
  if (!clients.has(user)) {
    const fetch = guard({ onLimit: "fit", budgetUsd: 0.5 });
    const baseURL = process.env.BASETEN_BASE_URL ?? "https://inference.baseten.co/v1";
    clients.set(user, new OpenAI({ baseURL, apiKey: process.env.BASETEN_API_KEY, fetch }));
  }
  return clients.get(user);
}

export async function POST(request) {
  const user = request.headers.get("x-user"); // Put your own log-in here.
  if (!user) return new Response("Log in first.", { status: 401 });
  const form = await request.formData();
  const photo = form.get("photo");
  const base64 = Buffer.from(await photo.arrayBuffer()).toString("base64");
  const image_url = { url: `data:${photo.type};base64,${base64}` };
  try {
    const { choices } = await clientOf(user).chat.completions.create({
      model: "moonshotai/Kimi-K3",
      max_tokens: 500,
      messages: [{ role: "user", content: [{ type: "text", text: form.get("question") }, { type: "image_url", image_url }] }],
    });
    return Response.json({ answer: choices[0].message.content });
  } catch (error) {
    // "limit" and "budget" are the guard's: nothing was sent.
    return Response.json({ code: error.code, message: error.message }, { status: error.code === "budget" ? 402 : error.status ?? 502 });
  }
}

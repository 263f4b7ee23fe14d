// A proxy that holds the key, with a budget for each user: the app's pages ask it by chat({ baseUrl: "/v1" }).
import { Hono } from "hono";
import { guard } from "tilewise/fetch";

const BASE_URL = process.env.BASETEN_BASE_URL ?? "https://inference.baseten.co/v1";
const DAILY_USD = 0.5;

/** By user and day. Several servers keep it in what they share. */
const guards = new Map();

function guardOf(user) {
  const key = `${user} ${new Date().toISOString().slice(0, 10)}`;
  if (!guards.has(key)) guards.set(key, guard({ budgetUsd: DAILY_USD }));
  return guards.get(key);
}

export const app = new Hono();

app.post("/v1/chat/completions", async (context) => {
  // Put your own log-in here.
  const user = context.req.header("x-user");
  if (!user) return context.json({ error: { message: "Log in first.", type: "authentication_error" } }, 401);
  return guardOf(user)(`${BASE_URL}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.BASETEN_API_KEY}`, "content-type": "application/json" },
    // As a text, so that it can be read: a stream passes unread, and a budget refuses it.
    body: await context.req.text(),
    signal: context.req.raw.signal,
  });
});

export default app;

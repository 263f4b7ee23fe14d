/** Times of calls with and without `guard`. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { median } from "../common/statistics.js";

const MODEL = "moonshotai/Kimi-K3";
const PATH = "/v1/chat/completions";
/** 600 × 400 pixels, and behind them whatever makes it long. */
const HEAD = Buffer.from("/9j/4AAQSkZJRgABAQAAAQABAAD/wAARCAGQAlgDASIAAhEBAxEB/9oADAMBAAIRAxEAPwA=", "base64");

const body = (content) => ({ model: MODEL, max_tokens: 100, messages: [{ role: "user", content }] });

function photo(bytes) {
  const data = Buffer.alloc(bytes, "pixels");
  HEAD.copy(data);
  return { type: "image_url", image_url: { url: `data:image/jpeg;base64,${data.toString("base64")}` } };
}

const text = { type: "text", text: "What is this? ".repeat(50) };

export async function measureCalls(guard, { photo: bytes, photos, rounds }) {
  const server = await startServer();
  const bodies = {
    "text of 700 letters": body([text]),
    [`a photo of ${bytes / 1e6} MB`]: body([text, photo(bytes)]),
    [`${photos} photos of ${bytes / 10e6} MB`]: body([text, ...Array.from({ length: photos }, () => photo(bytes / 10))]),
  };
  const results = [];
  for (const [name, asked] of Object.entries(bodies)) {
    let estimated;
    const answer = async () => new Response("{}");
    // Of the guard's own time nothing is hidden behind that of a connection.
    const guarded = guard({ fetch: answer, onLimit: "send", onEstimate: (estimate) => (estimated = estimate) });
    const samples = { plain: [], none: [], guarded: [] };
    const images = asked.messages[0].content.length - 1;
    // A short call is soon measured, and is at its speed only when it is compiled.
    const times = images === 0 ? rounds * 100 : rounds;
    for (let round = 0; round < times; round++) {
      samples.plain.push(await time(async () => {
        const sent = await fetch(server.origin + PATH, { method: "POST", body: JSON.stringify(asked) });
        await sent.text();
      }));
      const written = JSON.stringify(asked);
      // The first reader of a fresh string has it laid out in one piece, which takes longer than to look through it. To send
      // it takes that as well, so it is no cost of the guard's.
      Buffer.byteLength(written);
      written.indexOf("\0");
      const init = { method: "POST", body: written };
      // Each is first as often as the other: garbage of the sending is collected some time behind it.
      const turns = [["none", answer], ["guarded", guarded]];
      for (const [kind, send] of round % 2 === 0 ? turns : turns.reverse()) {
        samples[kind].push(await time(async () => (await send(server.origin + PATH, init)).text()));
      }
    }
    const counted = estimated.media.filter(({ usd }) => usd !== null).length;
    if (counted !== images) throw new Error(`${name}: ${counted} of ${images} images are counted`);
    results.push({ name, plain: median(samples.plain), added: median(samples.guarded) - median(samples.none) });
  }
  await server.close();
  return results;
}

export async function measureChunks(guard, { chunks, rounds }) {
  const encoder = new TextEncoder();
  const chunk = encoder.encode(`data: ${JSON.stringify({ id: "a", object: "chat.completion.chunk", created: 1, model: MODEL, choices: [{ index: 0, delta: { content: " word" }, finish_reason: null }] })}\n\n`);
  const last = encoder.encode(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: chunks } })}\n\ndata: [DONE]\n\n`);
  const answer = async () => {
    let left = chunks;
    const stream = new ReadableStream({
      pull(controller) {
        if (left > 0) controller.enqueue(chunk.slice());
        else controller.enqueue(last);
        if (left-- === 0) controller.close();
      },
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
  let bill;
  const guarded = guard({ fetch: answer, onBill: (came) => (bill = came) });
  const init = { method: "POST", body: JSON.stringify(body("Hello")) };
  const read = async (fetch) => {
    const reader = (await fetch(`http://localhost${PATH}`, init)).body.getReader();
    while (!(await reader.read()).done);
  };
  const samples = { plain: [], guarded: [] };
  for (let round = 0; round < Math.min(rounds, 10); round++) {
    samples.plain.push(await time(() => read(answer)));
    samples.guarded.push(await time(() => read(guarded)));
  }
  if (bill.parts.output.tokens !== chunks) throw new Error("the bill is not right");
  const each = (ms) => (ms * 1000) / chunks;
  return { plain: each(median(samples.plain)), guarded: each(median(samples.guarded)) };
}

export async function measureMemory(guard, { large }, memory) {
  const asked = JSON.stringify(body([photo(large)]));
  const before = memory();
  const guarded = guard({ fetch: async () => new Response("{}"), onLimit: "send" });
  await (await guarded(`http://localhost${PATH}`, { method: "POST", body: asked })).text();
  return { before, after: memory() };
}

async function time(run) {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** In a thread of its own, so that it takes no time of the caller's. */
async function startServer() {
  const worker = new Worker(new URL("server.js", import.meta.url));
  const [port] = await once(worker, "message");
  return { origin: `http://127.0.0.1:${port}`, close: () => worker.terminate() };
}

/** Answers that are not wanted any more: they end at once, and leave nothing behind. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { useClock } from "./support/clock.js";
import { draft } from "./support/fixtures.js";
import { WATCH_MEMORY } from "./support/memory.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";

const project = await createProject({ after });
const { default: init, chat } = await project.load();
await init();

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const event = (delta) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;

/** A server that says one word and falls silent; it counts the requests, and knows when all their connections closed. */
async function silent(context) {
  const closed = new EventEmitter();
  const seen = {
    requests: 0,
    open: 0,
    async allClosed() {
      while (seen.open > 0) await once(closed, "one");
    },
  };
  const baseUrl = await serve(context, (_, response) => {
    seen.requests += 1;
    seen.open += 1;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event({ content: "word" }));
    response.on("close", () => {
      seen.open -= 1;
      closed.emit("one");
    });
  });
  return { baseUrl, seen };
}

const WAYS = {
  "leaving the loop": async (stream, _, { reached }) => {
    for await (const event of stream) {
      assert.equal(event.type, "text");
      await reached();
      break;
    }
  },
  "abort()": async (stream, _, { reached }) => {
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await reached();
    stream.abort();
  },
  "the signal": async (stream, controller, { reached }) => {
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await reached();
    controller.abort();
  },
};

/** Objects that only a chain of weak references holds are gone. */
async function collectGarbage() {
  for (let round = 0; round < 5; round++) {
    collect();
    await turn();
  }
}

describe("an answer ends at once by", () => {
  for (const [way, leave] of Object.entries(WAYS)) {
    for (const [when, reached] of [
      ["", async () => {}],
      [", also when garbage has been collected meanwhile", collectGarbage],
    ]) {
      test(way + when, { timeout: 10_000 }, async (context) => {
        const { baseUrl, seen } = await silent(context);
        const controller = new AbortController();
        const stream = chat(draft(), { baseUrl, signal: controller.signal });
        await leave(stream, controller, { reached });
        await seen.allClosed();
        await assert.rejects(stream.result, { code: "aborted" });
        assert.equal(seen.requests, 1);
      });
    }
  }

  test("its timeout, also when garbage has been collected meanwhile", { timeout: 10_000 }, async (context) => {
    const { baseUrl, seen } = await silent(context);
    const stream = chat(draft(), { baseUrl, timeoutMs: 300 });
    await stream[Symbol.asyncIterator]().next();
    await collectGarbage();
    await assert.rejects(stream.result, { code: "timeout" });
    await seen.allClosed();
  });
});

describe("while it waits for another try, an answer ends at once, and nothing more is sent, by", () => {
  // The wait does not end by itself.
  const clock = useClock();
  for (const [way, leave] of Object.entries({
    "leaving the loop": async (iterator) => iterator.return(),
    "abort()": async (_, stream) => stream.abort(),
    "the signal": async (_, __, controller) => controller.abort(),
  })) {
    test(way, { timeout: 10_000 }, async (context) => {
      let requests = 0;
      const baseUrl = await serve(context, (_, response) => {
        requests += 1;
        response.writeHead(429, { "retry-after": "3" }).end();
      });
      const controller = new AbortController();
      const stream = chat(draft(), { baseUrl, signal: controller.signal, maxRetries: 5 });
      const iterator = stream[Symbol.asyncIterator]();
      assert.equal((await iterator.next()).value.type, "retry");
      // Into the wait.
      await turn();
      await leave(iterator, stream, controller);
      await assert.rejects(stream.result, { code: "aborted" });
      clock.tick(3500);
      // Whatever was sent by then arrives before this.
      await assert.rejects(chat(draft(), { baseUrl, maxRetries: 0 }).result, { code: "http" });
      assert.equal(requests, 2);
    });
  }
});

test("10,000 abandoned answers leave no listener, connection, timer or memory behind", { timeout: 300_000 }, async (context) => {
  const { baseUrl, seen } = await silent(context);
  const source = `
    import { getEventListeners } from "node:events";
    import { setImmediate as turn } from "node:timers/promises";
    ${WATCH_MEMORY}
    const { default: init, chat } = await import("tilewise");
    await init();
    const draft = ${JSON.stringify(draft())};
    const shared = new AbortController();

    const ways = [
      async (stream) => {
        for await (const event of stream) break;
      },
      async (stream) => {
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        stream.abort();
      },
      // Before anything came.
      async (stream) => {
        stream.result.catch(() => {});
        stream.abort();
      },
      async (stream, controller) => {
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        controller.abort();
      },
    ];

    async function abandon(index) {
      const way = index % ways.length;
      const controller = way === 3 ? new AbortController() : shared;
      const stream = chat(draft, { baseUrl: ${JSON.stringify(baseUrl)}, signal: controller.signal });
      await ways[way](stream, controller);
      const code = await stream.result.then(() => "none", ({ code }) => code);
      if (code !== "aborted") throw new Error("it ended with " + code);
    }

    async function abandonMany(count) {
      let next = 0;
      const work = async () => {
        while (next < count) await abandon(next++);
      };
      await Promise.all(Array.from({ length: 32 }, work));
      // One that does not close keeps this waiting until the test fails.
      while (process.getActiveResourcesInfo().some((kind) => /TCP/.test(kind))) await turn();
      for (let round = 0; round < 10; round++) {
        collect();
        await turn();
      }
      return { heap: process.memoryUsage().heapUsed, wasm: memories[0].buffer.byteLength };
    }

    const before = await abandonMany(2000);
    const after = await abandonMany(10000);
    console.log(JSON.stringify({
      listeners: getEventListeners(shared.signal, "abort").length,
      resources: process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP/.test(kind)),
      heap: after.heap - before.heap,
      wasm: after.wasm - before.wasm,
    }));
  `;
  const left = JSON.parse(await project.runScript(source, {}, 240_000));
  assert.equal(left.listeners, 0);
  assert.deepEqual(left.resources, []);
  // A listener, a reader or a buffer each would be 100 bytes and more.
  assert.ok(left.heap < 1_000_000, `the heap has grown by ${left.heap} bytes`);
  // How many of the 32 are at their largest at once is chance, and may take one more page. Seven bytes left by each would take two.
  assert.ok(left.wasm <= 65_536, `the program's memory has grown by ${left.wasm} bytes`);
  await seen.allClosed();
});

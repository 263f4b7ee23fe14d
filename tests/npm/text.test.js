/** Exact counts of text, and how the tokenizer is loaded. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { example } from "./support/documents.js";
import { baseUrl } from "./support/environment.js";
import { fixturePath } from "./support/fixtures.js";
import { loadGuard } from "./support/guarded.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";
import { contentType, launchBrowser, packageFile, page } from "./support/site.js";
import { besidePackage, serveWorker } from "./support/workerd.js";

const project = await createProject({ after });
const { default: init, compare, countText, estimate, estimateBody, guard, preload, reconcile, requestBody } = await loadGuard(project);
await init();

const K25 = "moonshotai/Kimi-K2.5";
const K3 = "moonshotai/Kimi-K3";
const recorded = async (name) => JSON.parse(await readFile(fixturePath(`text/${name}.json`), "utf8"));

/** 224×224 pixels, as a live server of Kimi K2.5 was asked. */
const facts = {
  kind: "image", format: "png", mime: "image/png", bytes: 100, bytesRead: 100, width: 224, height: 224, displayWidth: 224, displayHeight: 224,
  orientation: 1, animated: false, hasAlpha: false,
};
const draft = { model: K25, text: "Describe the image.", media: [{ facts, via: "url", url: "https://example.com/image.png" }] };
const byProcessor = { rule: "processor" };

test("before the tokenizer is loaded, text has bounds", () => {
  const { text, exact, notes } = estimate(draft, byProcessor);
  assert.ok(text.low < text.tokens && text.tokens < text.high);
  assert.equal(exact, false);
  assert.match(notes.join(" "), /without the model's vocabulary/);
});

test("and so has that of a body which another client wrote", async (context) => {
  const other = await createProject(context);
  const { text, exact } = await (await other.load()).estimateBody({ model: K3, messages: [{ role: "user", content: "Describe the image." }] });
  assert.ok(text.low < text.high);
  assert.equal(exact, false);
});

test("nothing loads the tokenizer but who asks for exact text", async (context) => {
  const other = await createProject(context);
  await rename(join(other.packageFolder, "text.wasm"), join(other.packageFolder, "away.wasm"));
  const tilewise = await other.load();
  await tilewise.preload(["formats", "network"]);
  tilewise.estimate(draft);
  tilewise.compare(draft);
  await tilewise.chat({ model: K3, text: "Hello", media: [] }, { baseUrl }).result;
  assert.deepEqual(await tilewise.countText("Hello", { model: "gpt-5" }), { tokens: 1, low: 1, high: 5, exact: false });
  await assert.rejects(tilewise.countText("Hello"), { name: "TilewiseError", code: "internal", message: /text\.wasm/ });
  // A loading that failed does not stand in the way of the next.
  await rename(join(other.packageFolder, "away.wasm"), join(other.packageFolder, "text.wasm"));
  assert.deepEqual(await tilewise.countText("Hello"), { tokens: 1, low: 1, high: 1, exact: true });
});

test("a text is counted by the model's own vocabulary", async () => {
  assert.deepEqual(await countText("Describe the image.", { model: K25 }), { tokens: 4, low: 4, high: 4, exact: true });
  // Kimi K2's tokenizer reads its special tokens in a text, Kimi K3's does not.
  assert.equal((await countText("<|im_end|>", { model: K25 })).tokens, 1);
  assert.ok((await countText("<|im_end|>", { model: K3 })).tokens > 1);
  assert.equal((await countText("")).tokens, 0);
});

test("a half of a surrogate pair counts as the character that replaces it", async () => {
  const [half, replaced] = await Promise.all([countText("a\ud83d b"), countText("a\ufffd b")]);
  assert.deepEqual(half, replaced);
});

test("long runs count as they do natively", async () => {
  const { counts } = await recorded("strings");
  const runs = [[" ", 3000], ["\n", 3000], ["7", 10000], ["a", 3000], ["Ab", 3000], ["字", 3000], ["é", 3000], ["👍", 3000], ["-", 3000], ["\t\n", 2000]];
  const long = counts.slice(-runs.length - 1, -1);
  for (const [index, [piece, times]] of runs.entries()) {
    const tokens = await Promise.all([K25, K3].map(async (model) => (await countText(piece.repeat(times), { model })).tokens));
    assert.deepEqual(tokens, long[index], JSON.stringify(piece));
  }
});

test("what is no text is refused, with its name", async () => {
  for (const model of [K3, "gpt-5"]) await assert.rejects(countText(7, { model }), { code: "invalid_argument", message: /^text: / });
  await assert.rejects(countText("a", { model: 7 }), { code: "invalid_argument", message: /^options\.model: / });
  await assert.rejects(preload(["words"]), { code: "invalid_argument", message: /"formats", "network" or "text"/ });
});

describe("once it is loaded", async () => {
  await preload(["text"]);

  test("an estimate is one number, that of a live server", () => {
    const { inputTokens, text, exact, bounds, notes } = estimate(draft, byProcessor);
    assert.equal(inputTokens, 81);
    assert.deepEqual(text, { tokens: 17, low: 17, high: 17 });
    assert.equal(exact, true);
    assert.deepEqual(bounds.processor, { low: 81, high: 81 });
    assert.match(notes.join(" "), /model's own vocabulary/);
  });

  test("conversations with tools count as the templates' own text", async () => {
    const { conversations } = await recorded("conversations");
    let counted = 0;
    for (const { messages, tools, kimi_k3: expected } of conversations) {
      const history = messages.map((message) => JSON.parse(message));
      const { content } = history.at(-1);
      // JavaScript writes some numbers in another way than they were read.
      if (typeof content !== "string" || /\de[+-]\d|1234567890123456789/.test([tools, ...messages].join())) continue;
      counted += 1;
      const extra = tools ? { tools: JSON.parse(tools) } : {};
      const { text } = estimate({ model: K3, text: content, media: [], history: history.slice(0, -1), extra });
      // The images of the history lie elsewhere, so that nothing of them is counted.
      assert.deepEqual(text, { tokens: expected, low: expected, high: expected });
    }
    assert.ok(counted > 5);
  });

  test("a model whose vocabulary does not ship keeps its bounds, and in a comparison too", () => {
    const compared = compare({ ...draft, model: "?" });
    const exactly = compared.filter(({ estimate }) => estimate.exact).map(({ model }) => model.name);
    assert.ok(exactly.includes("Kimi K3"));
    assert.ok(exactly.every((name) => /^Kimi (K2\.[56]|K3|K2\.5 to K2\.7)$/.test(name)), exactly.join());
    for (const { model, estimate } of compared) {
      if (/^Kimi K3$/.test(model.name)) assert.equal(estimate.text.low, estimate.text.high);
    }
  });

  test("a field that may change the template leaves bounds", () => {
    const { exact, text } = estimate({ ...draft, extra: { chat_template_kwargs: { enable_thinking: false } } }, byProcessor);
    assert.equal(exact, false);
    assert.ok(text.low < text.high);
    assert.equal(estimate({ ...draft, extra: { temperature: 0.6 } }, byProcessor).exact, true);
  });

  describe("a body that another client wrote", () => {
    const hello = { model: K3, messages: [{ role: "user", content: "Hello" }] };
    const known = { facts: { [draft.media[0].url]: facts } };

    test("counts as its draft does", async () => {
      const own = await requestBody(draft);
      for (const model of [K25, K3]) {
        const { bodyBytes, notes, violations, ...counted } = await estimateBody({ ...own, model }, { ...byProcessor, ...known });
        const { bodyBytes: _, notes: __, violations: ___, ...expected } = estimate({ ...draft, model }, byProcessor);
        assert.deepEqual(counted, expected);
        assert.equal(counted.exact, true);
        assert.match(notes.join(" "), /model's own vocabulary/);
      }
    });

    test("counts whatever lies in it: the data of images is no text, and a long run of letters is", async () => {
      const empty = (await estimateBody(hello)).text.tokens - (await countText("Hello", { model: K3 })).tokens;
      const words = "AbcDef09".repeat(1000);
      const data = `data:image/gif;base64,${Buffer.from(`GIF89a\x01\0\x01\0\0\0\0${"\0".repeat(9000)}`, "latin1").toString("base64")}`;
      const content = [{ type: "text", text: words }, { type: "image_url", image_url: { url: data } }];
      const { text, media } = await estimateBody({ model: K3, messages: [{ role: "user", content }] });
      assert.equal(media.length, 1);
      const markers = (await estimateBody({ ...hello, messages: [{ role: "user", content: content.slice(1) }] })).text.tokens - empty;
      const { tokens } = await countText(words, { model: K3 });
      assert.deepEqual(text, { tokens: empty + markers + tokens, low: empty + markers + tokens, high: empty + markers + tokens });
    });

    test("passes the guard with an exact estimate", async () => {
      const estimates = [];
      const fetch = guard({ fetch: async () => new Response("{}"), onEstimate: (estimate) => estimates.push(estimate) });
      const ask = (path, body) => fetch(`https://inference.baseten.co/v1/${path}`, { method: "POST", body: JSON.stringify(body) });
      await ask("chat/completions", hello);
      // What a server makes of other forms is not known.
      await ask("messages", { ...hello, max_tokens: 9 });
      await ask("responses", { model: K3, input: "Hello" });
      await ask("chat/completions", { ...hello, something: 1 });
      assert.deepEqual(estimates.map(({ exact }) => exact), [true, false, false, false]);
      const { text } = estimate({ model: K3, text: "Hello", media: [] });
      assert.deepEqual(estimates[0].text, text);
    });

    test("keeps its bounds where the vocabulary does not ship", async () => {
      const { text, exact } = await estimateBody({ ...hello, model: "gpt-5" });
      assert.ok(!exact && text.low < text.high);
    });
  });

  test("a mistake in a draft is told as before", () => {
    assert.throws(() => estimate({ ...draft, text: 7 }), { code: "invalid_argument", message: /^draft\.text: / });
  });

  test("a bill names its rule where the rules are close", () => {
    const small = { ...draft, media: [{ ...draft.media[0], facts: { ...facts, width: 28, height: 28, displayWidth: 28, displayHeight: 28 } }] };
    const { bounds, ...rest } = estimate(small);
    const usage = (inputTokens) => ({ inputTokens, outputTokens: 1, cachedInputTokens: null, reasoningTokens: null });
    assert.equal(bounds.published.low, bounds.published.high);
    const follows = (tokens) => reconcile({ bounds, ...rest }, usage(tokens)).follows;
    assert.deepEqual(
      [bounds.published.low, bounds.processor.low, bounds.processor.low + 40].map(follows),
      ["published", "processor", "neither"],
    );
  });
});

test("the example of the documents counts", async (context) => {
  const { runScript } = await createProject(context);
  const lines = (await runScript(example("text"))).trim().split("\n");
  assert.deepEqual([lines[0], ...lines.slice(-3)], ["0 %", "100 %", "4", "true"]);
});

/** A project whose tokenizer comes from a server that answers as it is told, one answer after another. */
async function served(context, ...answers) {
  const { packageFolder, load } = await createProject(context);
  const wasm = await readFile(join(packageFolder, "text.wasm"));
  const events = new EventEmitter();
  let requests = 0;
  const origin = await serve(context, async (_, response) => {
    const answer = answers[requests] ?? "whole";
    requests += 1;
    response.on("close", () => events.emit("closed"));
    if (answer === "missing") return response.writeHead(404).end();
    if (answer === "cut") {
      response.writeHead(200, { "content-length": wasm.length }).write(wasm.subarray(0, 1000));
      return response.destroy();
    }
    if (answer === "nonsense") return response.end("<!doctype html>");
    response.writeHead(200, { "content-type": "application/wasm" });
    response.write(wasm.subarray(0, wasm.length >> 1));
    if (answer === "half") await once(events, "go on");
    return response.end(wasm.subarray(wasm.length >> 1));
  });
  const tilewise = await load();
  await tilewise.default(undefined, { text: `${origin}/text.wasm` });
  return { ...tilewise, wasm, events, requests: () => requests };
}

describe("loading", () => {
  test("says how large it is and how far it came", async (context) => {
    const { preload, wasm, requests } = await served(context);
    const seen = [];
    await preload(["text"], { onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(seen[0], { loadedBytes: 0, totalBytes: wasm.length });
    assert.deepEqual(seen.at(-1), { loadedBytes: wasm.length, totalBytes: wasm.length });
    assert.ok(seen.length > 3);
    assert.deepEqual(seen.map(({ loadedBytes }) => loadedBytes), seen.map(({ loadedBytes }) => loadedBytes).sort((a, b) => a - b));
    await preload(["text"], { onProgress: () => assert.fail("it is loaded") });
    assert.equal(requests(), 1);
  });

  test("happens once for all who ask at the same time", async (context) => {
    const { countText, preload, requests } = await served(context);
    const [counted] = await Promise.all([countText("a b"), preload(["text"]), countText("c"), preload(["text", "text"])]);
    assert.equal(counted.tokens, 2);
    assert.equal(requests(), 1);
  });

  test("ends when it is aborted, and begins again", async (context) => {
    const { countText, preload, events, requests } = await served(context, "half");
    const controller = new AbortController();
    const closed = once(events, "closed");
    const onProgress = ({ loadedBytes }) => loadedBytes > 0 && controller.abort();
    await assert.rejects(preload(["text"], { signal: controller.signal, onProgress }), { code: "aborted" });
    await closed;
    assert.equal((await countText("a b")).tokens, 2);
    assert.equal(requests(), 2);
  });

  test("goes on for others where one of them leaves", async (context) => {
    const { preload, events, requests } = await served(context, "half");
    const controller = new AbortController();
    const other = preload(["text"]);
    const onProgress = ({ loadedBytes }) => loadedBytes > 0 && controller.abort();
    await assert.rejects(preload(["text"], { signal: controller.signal, onProgress }), { code: "aborted" });
    events.emit("go on");
    await other;
    assert.equal(requests(), 1);
  });

  test("is not begun by who has aborted before", async (context) => {
    const { preload, requests } = await served(context);
    await assert.rejects(preload(["text"], { signal: AbortSignal.abort() }), { code: "aborted" });
    assert.equal(requests(), 0);
  });

  test("rejects for whose listener throws, and for no other", async (context) => {
    const { preload } = await served(context);
    const onProgress = () => {
      throw new RangeError("mine");
    };
    const [mine, other] = await Promise.allSettled([preload(["text"], { onProgress }), preload(["text"])]);
    assert.match(mine.reason.message, /mine/);
    assert.equal(other.status, "fulfilled");
  });

  for (const [answer, code] of [["missing", "network"], ["cut", "network"], ["nonsense", "internal"]]) {
    test(`fails with "${code}" where the answer is ${answer}, and works the next time`, async (context) => {
      const { countText } = await served(context, answer);
      await assert.rejects(countText("a b"), { name: "TilewiseError", code });
      assert.equal((await countText("a b")).tokens, 2);
    });
  }
});

describe("elsewhere", () => {
  test("a worker of Node counts", async (context) => {
    const other = await createProject(context);
    const printed = await other.runScript(`
      import { isMainThread, parentPort, Worker } from "node:worker_threads";
      import { countText } from "tilewise/text";
      if (isMainThread) new Worker(new URL(import.meta.url)).on("message", (count) => console.log(JSON.stringify(count)));
      else parentPort.postMessage(await countText("Describe the image.", { model: ${JSON.stringify(K25)} }));
    `);
    assert.equal(JSON.parse(printed).tokens, 4);
  });

  test("a page and its worker count", async (context) => {
    const worker = `
      import { countText } from "/tilewise/index.js";
      onmessage = async ({ data }) => postMessage(await countText(data));
    `;
    const site = await serve(context, async (request, response) => {
      const { pathname } = new URL(request.url, "http://localhost");
      const content = pathname === "/" ? page("1") : pathname === "/worker.js" ? worker : await packageFile(project, pathname);
      response.writeHead(content === undefined ? 404 : 200, { "content-type": contentType(pathname) }).end(content);
    });
    const browser = await launchBrowser(context);
    const tab = await browser.newPage();
    await tab.goto(site);
    const counts = await tab.evaluate(async () => {
      const { countText, estimate, preload } = await import("tilewise");
      const seen = [];
      await preload(["text"], { onProgress: (progress) => seen.push(progress) });
      const worker = new Worker("/worker.js", { type: "module" });
      const there = new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data.tokens)));
      worker.postMessage("Describe the image.");
      const { exact } = estimate({ model: "moonshotai/Kimi-K3", text: "Hello", media: [] });
      return [(await countText("Describe the image.")).tokens, await there, exact, seen.at(-1).loadedBytes === seen.at(-1).totalBytes];
    });
    assert.deepEqual(counts, [4, 4, true, true]);
  });

  const counts = (imports) => `
    ${imports}
    export default {
      async fetch() {
        try {
          return Response.json(await countText("Describe the image."));
        } catch ({ code, message }) {
          return Response.json({ code, message });
        }
      },
    };
  `;

  test("workerd counts with the binary that `tilewise/text` imports", async (context) => {
    const script = counts('import { countText } from "./text-workerd.js";');
    const origin = await serveWorker(context, await besidePackage(project, script));
    assert.deepEqual(await (await fetch(origin)).json(), { tokens: 4, low: 4, high: 4, exact: true });
  });

  test("and says what is missing without it", async (context) => {
    const script = counts('import { countText } from "./workerd.js";');
    const origin = await serveWorker(context, await besidePackage(project, script));
    const { code, message } = await (await fetch(origin)).json();
    assert.equal(code, "not_initialized");
    assert.match(message, /tilewise\/text/);
  });
});

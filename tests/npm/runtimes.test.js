/** The package in every runtime that takes it: inspect, estimate, chat. */
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, describe, test } from "node:test";
import { build as bundle } from "esbuild";
import { baseUrl } from "./support/environment.js";
import { CLIP, fixture, fixturePath, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { output } from "./support/run.js";
import { bin, bun, exampleProject } from "./support/tools.js";
import { serveWorker } from "./support/workerd.js";

const project = await createProject({ after });

const ASK = `
  const read = async (path) => new Uint8Array(await readFile(path));
  const data = await read(${JSON.stringify(fixturePath(PHOTO))});
  const facts = await inspect(data);
  const { format } = await inspect(await read(${JSON.stringify(fixturePath(CLIP))}));
  const draft = { model: "moonshotai/Kimi-K2.6", text: "What is this?", media: [{ facts, via: "base64", data }] };
  const { mediaTokens } = estimate(draft);
  const { text, finishReason } = await chat(draft, { baseUrl: ${JSON.stringify(baseUrl)} }).result;
  console.log(JSON.stringify({ facts, format, mediaTokens, finishReason, isAnswered: text.length > 20 }));
`;

const MODULE = `
  import { readFile } from "node:fs/promises";
  import { chat, estimate, inspect } from "tilewise";
  ${ASK}
`;

const COMMON_JS = `
  const { readFile } = require("node:fs/promises");
  (async () => {
    const { chat, estimate, inspect } = await import("tilewise");
    ${ASK}
  })();
`;

const runtimes = {
  "Node, as a module": ["ask.mjs", MODULE, process.execPath, []],
  "Node, as CommonJS": ["ask.cjs", COMMON_JS, process.execPath, []],
  Deno: ["ask.mjs", MODULE, bin("deno"), ["run", "--allow-read", "--allow-net", "--no-lock"]],
  Bun: ["ask.mjs", MODULE, bun, []],
};

describe("one script says the same in", { timeout: 120_000 }, () => {
  for (const [name, [file, source, program, args]] of Object.entries(runtimes)) {
    test(name, async () => {
      const script = join(project.folder, file);
      await writeFile(script, source);
      const printed = JSON.parse(await output(program, [...args, script], { cwd: project.folder }));
      assert.deepEqual(printed, { facts: PHOTO_FACTS, format: "mp4", mediaTokens: 24, finishReason: "stop", isAnswered: true });
    });
  }
});

const ASK_GUARDED = `
  const photo = await readFile(${JSON.stringify(fixturePath(PHOTO))}, "base64");
  const bills = [];
  const guarded = guard({ onLimit: "fit", budgetUsd: 0.01, estimate: { limits: { maxImageSide: 64 } }, onBill: (bill) => bills.push(bill) });
  const ask = async (max_tokens) => {
    const content = [{ type: "image_url", image_url: { url: "data:image/jpeg;base64," + photo } }];
    const body = JSON.stringify({ model: "moonshotai/Kimi-K3", max_tokens, messages: [{ role: "user", content }] });
    const answer = await guarded(${JSON.stringify(`${baseUrl}/chat/completions`)}, { method: "POST", body, headers: { "content-type": "application/json" } });
    return { status: answer.status, text: await answer.text() };
  };
  const fitted = await ask(60);
  const refused = await ask(60_000);
  const isFitted = /43×64 pixels/.test(fitted.text);
  const { reported, estimated } = bills[0].inputTokens;
  console.log(JSON.stringify({ isFitted, isBilled: reported === estimated, code: JSON.parse(refused.text).error.code, isSpent: guarded.spentUsd === bills[0].cost.highUsd }));
`;

const guardedScripts = {
  mjs: `
    import { readFile } from "node:fs/promises";
    import { guard } from "tilewise/fetch";
    ${ASK_GUARDED}
  `,
  cjs: `
    const { readFile } = require("node:fs/promises");
    (async () => {
      const { guard } = await import("tilewise/fetch");
      ${ASK_GUARDED}
    })();
  `,
};

describe("one script asks through the guard in", { timeout: 120_000 }, () => {
  for (const [name, [file, , program, args]] of Object.entries(runtimes)) {
    test(name, async () => {
      const kind = file.slice(-3);
      const script = join(project.folder, `guarded.${kind}`);
      await writeFile(script, guardedScripts[kind]);
      const printed = JSON.parse(await output(program, [...args, script], { cwd: project.folder }));
      assert.deepEqual(printed, { isFitted: true, isBilled: true, code: "budget", isSpent: true });
    });
  }
});

test("the example for Node lists what the images of a folder cost", async (context) => {
  const folder = await exampleProject(context, project, "node");
  const named = { "photo.jpg": PHOTO, "clip.mp4": CLIP };
  for (const [name, path] of Object.entries(named)) await copyFile(fixturePath(path), join(folder, name));
  const printed = await output(process.execPath, ["costs.js"], { cwd: folder });
  assert.match(printed, /clip\.mp4.*mp4.*64×48.* null /);
  assert.match(printed, /photo\.jpg.*jpeg.*90×60.* 12 .*rotated/);
  assert.match(printed, /Together: \$0\.0000\d+/);
});

describe("the example for Cloudflare guards uploads", async () => {
  const folder = await exampleProject({ after }, project, "cloudflare-worker");
  const origin = await serveWorker({ after }, await bundled(folder), { bindings: { BASETEN_BASE_URL: baseUrl, MODEL: "moonshotai/Kimi-K2.6" } });
  const post = (body, headers) => fetch(`${origin}/?text=What+is+this%3F`, { method: "POST", body, headers });

  test("an image that passes is answered", async () => {
    const answer = await post(fixture(PHOTO));
    assert.equal(answer.status, 200);
    assert.ok((await answer.text()).length > 20);
  });

  test("one that the model does not take is refused with how to fix it", async () => {
    const answer = await post(fixture("bmp/top-down.bmp"));
    assert.equal(answer.status, 422);
    const { violations } = await answer.json();
    assert.deepEqual(violations.map(({ code }) => code), ["unsupported_format"]);
  });

  test("and what is no image with what it is", async () => {
    const answer = await post("%PDF-1.7 and so on");
    assert.equal(answer.status, 422);
    assert.match((await answer.json()).message, /PDF/);
  });

  test("one without a length is not read", async () => {
    const body = new Blob([fixture(PHOTO)]).stream();
    assert.equal((await fetch(origin, { method: "POST", body, duplex: "half" })).status, 411);
  });
});

/** As wrangler bundles it: binaries stay modules of their own. */
async function bundled(folder) {
  const binaries = new Map();
  const keep = {
    name: "binaries",
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        binaries.set(basename(path), join(resolveDir, path));
        return { path: `./${basename(path)}`, external: true };
      });
    },
  };
  const { outputFiles } = await bundle({
    entryPoints: [join(folder, "src/index.js")],
    bundle: true,
    write: false,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    plugins: [keep],
  });
  assert.deepEqual([...binaries.keys()].sort(), ["counting.wasm", "formats.wasm", "network.wasm", "shared.wasm", "tilewise.wasm"]);
  const modules = [...binaries].map(async ([name, path]) => ({ type: "CompiledWasm", path: `/${name}`, contents: await readFile(path) }));
  return [{ type: "ESModule", path: "/index.js", contents: outputFiles[0].text }, ...(await Promise.all(modules))];
}

import assert from "node:assert/strict";
import { copyFile, readFile, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { example, untestedExamples } from "./support/documents.js";
import { baseUrl, tarball } from "./support/environment.js";
import { draft, fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject, temporaryFolder } from "./support/project.js";
import { output } from "./support/run.js";

const project = await createProject({ after });

test("the package holds its scripts, types, binary, readme and licences, and nothing else", async () => {
  const files = await readdir(project.packageFolder, { recursive: true });
  const others = files.filter((file) => !file.endsWith(".js")).sort();
  assert.deepEqual(others, [
    "LICENSE-APACHE",
    "LICENSE-KIMI",
    "LICENSE-MIT",
    "README.md",
    "cli-licences.txt",
    "counting.wasm",
    "formats.wasm",
    "network.wasm",
    "package.json",
    "prepare.wasm",
    "sample.jpg",
    "shared.wasm",
    "text.wasm",
    "tilewise-fetch.d.ts",
    "tilewise-prepare.d.ts",
    "tilewise-text.d.ts",
    "tilewise.d.ts",
    "tilewise.wasm",
  ]);
});

test("the package depends on no other", async () => {
  assert.deepEqual(await readdir(join(project.folder, "node_modules")), [".bin", ".package-lock.json", "tilewise"]);
  const manifest = JSON.parse(await readFile(join(project.packageFolder, "package.json"), "utf8"));
  assert.equal(manifest.dependencies, undefined);
});

test("runtimes and TypeScript find their own entry before the general one", async () => {
  const manifest = JSON.parse(await readFile(join(project.packageFolder, "package.json"), "utf8"));
  // The first condition that fits wins.
  for (const entry of [".", "./prepare", "./fetch", "./text"]) {
    const conditions = Object.keys(manifest.exports[entry]);
    assert.deepEqual(conditions, ["types", "workerd", "edge-light", "browser", "node", "deno", "bun", "default"]);
  }
});

test("the README leads from an empty folder to a printed estimate", async (context) => {
  const folder = await temporaryFolder(context);
  assert.equal(example("install"), "npm install tilewise\n");
  await output("npm", ["install", "--no-audit", tarball], { cwd: folder });
  const [program, ...args] = example("first estimate").trim().split(" ");
  const printed = await output(program, args, { cwd: folder });
  const expected = example("first output");
  const table = expected.slice(0, expected.indexOf("\nwarning"));
  assert.ok(printed.startsWith(table), printed);
  // Lines are broken for the terminal that reads them.
  const words = (text) => text.trim().split(/\s+/);
  assert.deepEqual(words(printed), words(expected));
});

test("every example in JavaScript, TypeScript and HTML is run by a test", () => {
  assert.deepEqual(untestedExamples(), []);
});

/** What an example prints, with the local endpoint for the provider and a photo beside it. */
async function printedBy(name) {
  await copyFile(fixturePath(PHOTO), join(project.folder, "photo.jpg"));
  return project.runScript(example(name), { BASETEN_BASE_URL: baseUrl, BASETEN_API_KEY: "test" });
}

test("the example that estimates and asks runs as it is", async () => {
  const printed = await printedBy("ask");
  assert.match(printed, /^90×60 jpeg: \d+ tokens, \$0\.\d+$/m);
  assert.match(printed, /local tilewise endpoint answers/);
  assert.match(printed, /follows: /);
});

test("the example of the one-line guard makes a client that asks and keeps a budget", async () => {
  await symlink(fileURLToPath(new URL("../node_modules/openai", import.meta.url)), join(project.folder, "node_modules/openai"));
  const ask = `
    const messages = [{ role: "user", content: "Hello" }];
    const ask = (max_tokens) => openai.chat.completions.create({ model: "moonshotai/Kimi-K3", max_tokens, messages });
    console.log((await ask(100)).object, fetch.spentUsd > 0);
    await ask(1_000_000).catch(({ status, code }) => console.log(status, code));
  `;
  const printed = await project.runScript(example("guard") + ask, { BASETEN_BASE_URL: baseUrl, BASETEN_API_KEY: "test" });
  assert.equal(printed, "chat.completion true\n400 budget\n");
});

test("the example of a conversation runs as it is", async () => {
  assert.match(await printedBy("conversation"), /^\d+ tokens, 12 of them for the earlier photo\n$/);
});

test("the example of other models runs as it is", async () => {
  const printed = await printedBy("other models");
  assert.match(printed, /^Claude Opus 5: 2[67]\d\d tokens, exact$/m);
  assert.equal(printed.match(/^.+, \w+: \$[\d.e-]+ $/gm).length, 5);
  assert.match(printed, /^our server: [1-9]\d{2,3} tokens$/m);
});

test("the example of the endpoint's own prices runs as it is", async () => {
  const printed = await printedBy("prices");
  assert.match(printed, /^moonshotai\/Kimi-K3: \$[\d.]+ a million tokens$/m);
  assert.match(printed, /^\$0\.\d+$/m);
});

test("before init, synchronous functions throw not_initialized and asynchronous ones load the binary", async () => {
  const printed = await project.runScript(`
    import init, * as tilewise from "tilewise";
    const draft = ${JSON.stringify(draft())};
    const calls = {
      models: () => tilewise.models(),
      estimate: () => tilewise.estimate(draft),
      snippet: () => tilewise.snippet(draft, "python"),
      reconcile: () => tilewise.reconcile({}, {}),
    };
    const codes = {};
    for (const [name, call] of Object.entries(calls)) {
      try {
        call();
      } catch (error) {
        codes[name] = error instanceof tilewise.TilewiseError && error.code;
      }
    }
    const body = await tilewise.requestBody(draft);
    console.log(JSON.stringify({ codes, model: body.model, models: tilewise.models().length }));
  `);
  const { codes, model, models } = JSON.parse(printed);
  const code = "not_initialized";
  assert.deepEqual(codes, { models: code, estimate: code, snippet: code, reconcile: code });
  assert.equal(model, draft().model);
  assert.ok(models > 0);
});

test("init takes the binary from the caller, and works again after it failed", async () => {
  const printed = await project.runScript(`
    import { readFile } from "node:fs/promises";
    import { fileURLToPath } from "node:url";
    import init, { models, TilewiseError } from "tilewise";
    const refused = await init(new Uint8Array(8)).catch((error) => error);
    await init(readFile(fileURLToPath(import.meta.resolve("tilewise/tilewise.wasm"))));
    await init();
    console.log(refused instanceof TilewiseError, refused.code, models().length > 0);
  `);
  assert.equal(printed, "true internal true\n");
});

test("every model names a source and the day it was read for each of its figures", async () => {
  const { default: init, models } = await project.load();
  await init();
  const ids = models({ provider: "baseten" }).map((model) => model.id);
  assert.deepEqual(["moonshotai/Kimi-K3", "moonshotai/Kimi-K2.5", "moonshotai/Kimi-K2.6"].filter((id) => !ids.includes(id)), []);
  for (const { id, price, provider, sources } of models()) {
    assert.equal(price.input !== null, provider !== "open", id);
    assert.ok(sources.length > 0, id);
    for (const { what, url, checked } of sources) {
      assert.ok(what);
      assert.match(url, /^https:\/\//);
      assert.match(checked, /^\d{4}-\d{2}-\d{2}$/);
    }
  }
});

/** The examples of `examples/guard`, as they are, with the local endpoint for the provider. */
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { baseUrl, origin } from "../support/environment.js";
import { fixture, fixturePath, PHOTO } from "../support/fixtures.js";
import { createProject } from "../support/project.js";
import { output } from "../support/run.js";
import { serve } from "../support/server.js";
import { contentType, launchBrowser, packageFile, page } from "../support/site.js";

const examples = fileURLToPath(new URL("../../../examples/guard", import.meta.url));
const projects = fileURLToPath(new URL("projects", import.meta.url));

const project = await createProject({ after });
await mkdir(projects, { recursive: true });
// The clients lie above it, the package in it.
const folder = await mkdtemp(join(projects, "guard-"));
after(() => rm(folder, { recursive: true }));
await cp(examples, folder, { recursive: true });
await cp(project.packageFolder, join(folder, "node_modules/tilewise"), { recursive: true });

const env = {
  BASETEN_API_KEY: "test",
  BASETEN_BASE_URL: baseUrl,
  ANTHROPIC_API_KEY: "test",
  ANTHROPIC_BASE_URL: origin,
  LANGSMITH_TRACING: "false",
};

test("each example has fewer than 40 lines", async () => {
  for (const name of (await readdir(examples)).filter((name) => name.endsWith(".js"))) {
    const lines = (await readFile(join(examples, name), "utf8")).trimEnd().split("\n");
    assert.ok(lines.length < 40, `${name} has ${lines.length}`);
  }
});

for (const name of ["openai", "ai-sdk", "anthropic", "langchain"]) {
  test(`${name}.js asks about a photo, and says what it has spent`, async () => {
    const printed = await output(process.execPath, [`${name}.js`, fixturePath(PHOTO)], { cwd: folder, env });
    assert.match(printed, /jpeg image, 90×60 pixels/);
    const [, spent] = printed.match(/\nspent: \$(0\.\d+)\n$/);
    assert.ok(Number(spent) > 0);
    if (name !== "openai") return;
    const [, estimated, billed] = printed.match(/^estimated: (\d+) tokens[^]*\nbilled: (\d+) tokens/);
    assert.equal(billed, estimated);
  });
}

describe("in a server", () => {
  before(() => Object.assign(process.env, env));

  const load = (name) => import(pathToFileURL(join(folder, name)));

  test("hono.js passes on what a user asks, until the user's budget is spent", async () => {
    const { app } = await load("hono.js");
    const body = { model: "moonshotai/Kimi-K3", max_tokens: 20_000, messages: [{ role: "user", content: "Hello" }] };
    const ask = (user) =>
      app.request("/v1/chat/completions", { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...(user && { "x-user": user }) } });
    assert.equal((await ask()).status, 401);
    const answer = await ask("ann");
    assert.equal((await answer.json()).object, "chat.completion");
    // All at once: each may cost 30 cents, of which the budget holds one.
    const statuses = (await Promise.all([ask("ann"), ask("ann"), ask("ann"), ask("ben")])).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, 200, 400, 400]);
  });

  test("next-route.js answers a form, and tells a budget that is spent", async () => {
    const { POST } = await load("next-route.js");
    const ask = (user) => {
      const form = new FormData();
      form.set("question", "What is this?");
      form.set("photo", new File([fixture(PHOTO)], "photo.jpg", { type: "image/jpeg" }));
      return POST(new Request("http://localhost/api/ask", { method: "POST", body: form, headers: user ? { "x-user": user } : {} }));
    };
    assert.equal((await ask()).status, 401);
    assert.match((await (await ask("ann")).json()).answer, /jpeg image/);
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await ask("ben")).status));
    assert.deepEqual([...new Set(statuses)].sort(), [200, 402]);
  });
});

test("useEstimate.js shows what a body costs, and what is wrong with one", async () => {
  const entry = `
    import { createRoot } from "react-dom/client";
    import { createElement } from "react";
    import { useEstimate } from "./useEstimate.js";

    function Cost({ body }) {
      const outcome = useEstimate(body, { provider: "baseten" });
      return outcome === null ? "waiting" : outcome.error ? outcome.error.code : outcome.inputTokens + " tokens";
    }

    const root = createRoot(document.querySelector("main"));
    window.show = (body) => root.render(createElement(Cost, { body }));
  `;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: folder },
    bundle: true,
    format: "esm",
    write: false,
    external: ["tilewise"],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const site = await serve({ after }, async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const content = {
      "/": page("", '<main></main><script type="module" src="/entry.js"></script>'),
      "/entry.js": outputFiles[0].text,
    };
    response.setHeader("content-type", contentType(pathname));
    response.end(content[pathname] ?? (await packageFile(project, pathname)));
  });
  const tab = await (await launchBrowser({ after })).newPage();
  await tab.goto(site);
  await tab.waitForFunction("window.show");
  const body = { model: "moonshotai/Kimi-K3", messages: [{ role: "user", content: "Hello" }] };
  await tab.evaluate((body) => window.show(body), body);
  await tab.getByText(/^\d+ tokens$/).waitFor();
  await tab.evaluate(() => window.show({}));
  await tab.getByText("invalid_argument").waitFor();
});

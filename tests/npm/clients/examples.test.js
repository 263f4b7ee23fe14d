/** The examples of `examples/guard`, as they are, with the local endpoint for the provider. */
import assert from "node:assert/strict";
import { lookup } from "node:dns";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import S3rver from "@20minutes/s3rver";
import { build } from "esbuild";
import { generate } from "selfsigned";
import { baseUrl, origin } from "../support/environment.js";
import { fixture, fixturePath, PHOTO } from "../support/fixtures.js";
import { recordingProxy } from "../support/guarded.js";
import { createProject, temporaryFolder } from "../support/project.js";
import { output, run } from "../support/run.js";
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

describe("presigned.js", () => {
  const BUCKET = "photos";
  /** Endpoints fetch from public https addresses alone, so the store has a name that looks like one. */
  const STORE = "store.example.com";
  const RESOLVE = `
    import dns from "node:dns";

    const { lookup } = dns;
    dns.lookup = (name, ...others) => lookup(name === "${STORE}" ? "127.0.0.1" : name, ...others);
  `;

  /** A store that checks every signature. */
  async function startStore(context) {
    const directory = await temporaryFolder(context);
    const { private: key, cert } = await generate([{ name: "commonName", value: STORE }], { algorithm: "sha256" });
    const server = new S3rver({ address: "127.0.0.1", port: 0, key, cert, silent: true, directory, vhostBuckets: false, configureBuckets: [{ name: BUCKET }] });
    const { port } = await server.run();
    context.after(() => server.close());
    return { endpoint: `https://${STORE}:${port}`, cert, objects: () => readdir(join(directory, BUCKET)) };
  }

  async function ask(context, photo, settings) {
    const { endpoint, cert, objects } = await startStore(context);
    const proxy = await recordingProxy(context);
    const files = await temporaryFolder(context);
    const path = (name) => join(files, name);
    await writeFile(path("photo.jpg"), photo);
    await writeFile(path("trusted.pem"), cert);
    await writeFile(path("resolve.mjs"), RESOLVE);
    const own = {
      BASETEN_BASE_URL: `${proxy.origin}/v1`,
      S3_ENDPOINT: endpoint,
      S3_REGION: "us-east-1",
      S3_BUCKET: BUCKET,
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
      NODE_EXTRA_CA_CERTS: path("trusted.pem"),
    };
    const printed = await run(process.execPath, ["--import", pathToFileURL(path("resolve.mjs")).href, "presigned.js", path("photo.jpg")], { cwd: folder, env: { ...env, ...own, ...settings } });
    const urls = proxy.requests.map(({ body }) => JSON.parse(body).messages[0].content[1].image_url.url);
    const send = async (url, options) => {
      const sent = request(url, { ca: cert, lookup: (_, ...others) => lookup("127.0.0.1", ...others), ...options });
      sent.end();
      const [answer] = await once(sent, "response");
      return { status: answer.statusCode, content: await buffer(answer) };
    };
    return { ...printed, urls, objects: await objects(), endpoint, send };
  }

  test("puts a photo of 5 MB into the store, and its address into the request", async (context) => {
    const photo = Buffer.concat([fixture(PHOTO), Buffer.alloc(5_000_000)]);
    const { code, stdout, stderr, urls, objects, endpoint, send } = await ask(context, photo);
    assert.equal(code, 0, stderr);
    const [url] = urls;
    assert.ok(url.startsWith(`${endpoint}/${BUCKET}/`), url);
    assert.match(stdout, /^the photo: 12 tokens$/m, "it is counted by what was known of it");
    assert.match(stdout, /image/);
    assert.equal(objects.filter((name) => name.endsWith("_object")).length, 1);

    const { content } = await send(url);
    assert.ok(content.equals(photo));
    // It is for this object, and for reading alone.
    assert.equal((await send(url.replace(/[^/]+\?/, "another?"))).status, 403);
    assert.equal((await send(url, { method: "PUT" })).status, 403);
  });

  test("leaves a small photo in the request", async (context) => {
    const { code, urls, objects } = await ask(context, fixture(PHOTO));
    assert.equal(code, 0);
    assert.match(urls[0], /^data:image\/jpeg;base64,/);
    assert.deepEqual(objects, []);
  });

  test("sends nothing where the store refuses", async (context) => {
    const photo = Buffer.concat([fixture(PHOTO), Buffer.alloc(5_000_000)]);
    const { code, stderr, urls } = await ask(context, photo, { AWS_SECRET_ACCESS_KEY: "wrong" });
    assert.equal(code, 1);
    assert.match(stderr, /the store answered 403/);
    assert.deepEqual(urls, []);
  });
});

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

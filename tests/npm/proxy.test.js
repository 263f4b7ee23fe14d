/** The recipes of `docs/proxy`, each in front of the local endpoint: the answer streams, and the key stays behind. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { after, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { origin } from "./support/environment.js";
import { draft } from "./support/fixtures.js";
import { createProject, temporaryFolder } from "./support/project.js";
import { deserted, forward, serve } from "./support/server.js";
import { stepwise } from "./support/steps.js";
import { serveWorker } from "./support/workerd.js";

const KEY = "kept on the server";

const project = await createProject({ after });
const { default: init, chat } = await project.load();
await init();

const recipe = (name) => fileURLToPath(new URL(`../../docs/proxy/${name}`, import.meta.url));

/** The requests that the provider sees, in front of the local endpoint, and when it is rid of each. */
async function provider(context) {
  const seen = [];
  const upstream = await serve(context, (incoming, response) => {
    seen.push({ url: incoming.url, ...incoming.headers, closed: once(response, "close") });
    forward(origin, incoming, response);
  });
  return { upstream, seen };
}

/** Ways to start a proxy; each gives its origin. */
const PROXIES = {
  async vite(context, upstream) {
    Object.assign(process.env, { UPSTREAM: upstream, BASETEN_API_KEY: KEY });
    const { createServer } = await import("vite");
    const root = await temporaryFolder(context);
    const server = await createServer({ configFile: recipe("vite.config.js"), root, logLevel: "error", server: { host: "127.0.0.1", port: 0 } });
    context.after(() => server.close());
    await server.listen();
    return `http://127.0.0.1:${server.httpServer.address().port}`;
  },

  async "Cloudflare Worker in workerd"(context, upstream) {
    const path = recipe("worker.js");
    return serveWorker(context, [{ type: "ESModule", path }], {
      bindings: { UPSTREAM: upstream, BASETEN_API_KEY: KEY },
      // So that leaving the page ends the request that costs.
      flags: ["enable_request_signal"],
    });
  },

  /** Its runtime is Deno; the function itself needs nothing but fetch and the variables. */
  async "Netlify edge function, called as a function"(context, upstream) {
    const values = { UPSTREAM: upstream, BASETEN_API_KEY: KEY };
    globalThis.Netlify = { env: { get: (name) => values[name] } };
    const { default: handle } = await import(pathToFileURL(recipe("netlify.js")));
    return serve(context, async (incoming, response) => {
      const left = new AbortController();
      response.on("close", () => left.abort());
      // Node's fetch refuses what belongs to a connection.
      const { connection, ...headers } = incoming.headers;
      const answer = await handle({
        url: new URL(incoming.url, "http://localhost").href,
        method: incoming.method,
        headers: new Headers(headers),
        body: incoming.method === "GET" ? undefined : await buffer(incoming),
        signal: left.signal,
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      // Ends with an error when the client leaves.
      await pipeline(Readable.fromWeb(answer.body), response).catch(() => {});
    });
  },

  async nginx(context, upstream) {
    const folder = await temporaryFolder(context);
    const { port } = new URL(await deserted());
    const values = { UPSTREAM: upstream, BASETEN_API_KEY: KEY, LISTEN: `127.0.0.1:${port}`, ROOT: folder };
    const template = await readFile(recipe("nginx.conf.template"), "utf8");
    const site = template.replaceAll(/\$\{(\w+)\}/g, (_, name) => values[name]);
    await mkdir(join(folder, "temp"));
    const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/temp/${name};`);
    await writeFile(
      join(folder, "nginx.conf"),
      `daemon off; pid ${folder}/pid; error_log stderr warn; events {} http { access_log off; ${temps.join(" ")} ${site} }`,
    );
    const nginx = spawn("nginx", ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
    context.after(() => nginx.kill());
    const proxy = `http://127.0.0.1:${port}`;
    // It does not tell when it listens.
    while (!(await fetch(proxy).catch(() => undefined)));
    return proxy;
  },
};

const unavailable = { nginx: spawnSync("nginx", ["-v"]).error && "nginx is not installed" };

/** What a browser adds to the requests of a page of the same origin. */
const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };

for (const [name, start] of Object.entries(PROXIES)) {
  describe(name, { skip: unavailable[name] }, () => {
    test("streams the answer, with the server's own key, and hangs up with its client", { timeout: 30_000 }, async (context) => {
      const { upstream, seen } = await provider(context);
      const proxy = await start(context, upstream);
      const ask = (fault) =>
        chat(draft(), { baseUrl: `${proxy}/v1`, headers: { ...SAME_ORIGIN, "x-tilewise-fault": fault }, maxRetries: 0 });

      const { fault, step } = stepwise();
      const stream = ask(fault);
      const kinds = [];
      // The first piece says nothing.
      await step(2);
      for await (const { type } of stream) {
        kinds.push(type);
        // Held back by the proxy, this event would not have come, and neither would the next.
        await step();
      }
      const { text } = await stream.result;
      assert.ok(text.endsWith(draft().text));
      assert.ok(kinds.length > 20);
      const [{ url, authorization }] = seen;
      assert.equal(url, "/v1/chat/completions");
      assert.equal(authorization, `Bearer ${KEY}`);

      // The provider would write for ever, and each word costs.
      for await (const event of ask("silence-6000")) {
        assert.ok(event);
        break;
      }
      await Promise.all(seen.map(({ closed }) => closed));
    });

    test("passes a refusal on as it is", { timeout: 30_000 }, async (context) => {
      const { upstream } = await provider(context);
      const proxy = await start(context, upstream);
      const headers = { ...SAME_ORIGIN, "x-tilewise-fault": "status-429;retry-after=7" };
      const answer = await fetch(`${proxy}/v1/models`, { headers });
      assert.equal(answer.status, 429);
      assert.equal(answer.headers.get("retry-after"), "7");
      assert.equal((await answer.json()).error.code, "rate_limit_exceeded");
    });

    test("lets no page of another site spend the key", { skip: name === "vite" && "Vite's listens on this computer only", timeout: 30_000 }, async (context) => {
      const { upstream, seen } = await provider(context);
      const proxy = await start(context, upstream);
      const answer = await fetch(`${proxy}/v1/models`, { headers: { "sec-fetch-site": "cross-site" } });
      assert.equal(answer.status, 403);
      assert.equal(seen.length, 0);
    });
  });
}

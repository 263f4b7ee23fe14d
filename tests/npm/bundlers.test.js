/** The examples, built for production by the tools that people use, in Chromium. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mediaType } from "../media-types.js";
import { origin } from "./support/environment.js";
import { CLIP, fixture, fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { deserted, forward, serve } from "./support/server.js";
import { launchBrowser } from "./support/site.js";
import { bin, build, exampleProject } from "./support/tools.js";

const project = await createProject({ after });
const browser = await launchBrowser({ after });

/** A static server that knows one thing: no code may be made of strings but WebAssembly. The endpoint lies behind it. */
function serveFolder(context, folder) {
  return serve(context, async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname.startsWith("/v1/")) return forward(origin, request, response);
    const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const content = await readFile(path).catch(() => undefined);
    if (!content) return response.writeHead(404).end();
    const type = mediaType(path);
    response.setHeader("content-type", type);
    if (type === "text/html") response.setHeader("content-security-policy", policy(content.toString()));
    return response.end(content);
  });
}

function policy(page) {
  // Of scripts in the page itself only an import map must be, which Parcel writes as well.
  const [, map] = page.match(/<script type="?importmap"?>(.*?)<\/script>/s) ?? [];
  const hash = map && `'sha256-${createHash("sha256").update(map).digest("base64")}'`;
  return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ${hash ?? ""}; connect-src 'self'; style-src 'self'`;
}

/** An example of which one script imports another one more: that leaves `guard` for the test to call. */
async function guardedProject(context, example, script) {
  const folder = await exampleProject(context, project, example);
  const path = join(folder, script);
  const [, directive, source] = (await readFile(path, "utf8")).match(/^("use client";)?(.*)$/s);
  await writeFile(path, `${directive ?? ""}import "./guarded.js";\n${source}`);
  await writeFile(join(dirname(path), "guarded.js"), 'import { guard } from "tilewise/fetch";\nglobalThis.guard = guard;\n');
  return folder;
}

/** What a visitor of any of the examples does: an image, its price, an answer; then a video. */
async function visit(context, address, endpoint = "/v1") {
  const page = await browser.newPage();
  context.after(() => page.close());
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const isIcon = message.location().url.endsWith("/favicon.ico");
    if (message.type() === "error" && !isIcon) complaints.push(message.text());
  });
  await page.goto(address);
  await choose(page, PHOTO, /90×60 jpeg, 11\d tokens, \$0\.0003/);
  await page.getByRole("button", { name: "Ask" }).click();
  await page.waitForFunction(() => document.querySelector("output").textContent.length > 20);
  await choose(page, CLIP, /64×48 mp4, \d+ tokens/);
  await askGuarded(page, endpoint);
  assert.deepEqual(complaints, []);
}

/** Asks about a photo that is too large, and then for more than there is money. */
async function askGuarded(page, endpoint) {
  const photo = Buffer.from(fixture(PHOTO)).toString("base64");
  const outcome = await page.evaluate(
    async ({ url, photo }) => {
      const bills = [];
      const limits = { maxImageSide: 64 };
      const guarded = globalThis.guard({ onLimit: "fit", budgetUsd: 0.01, estimate: { limits }, onBill: (bill) => bills.push(bill) });
      const send = async (max_tokens) => {
        const content = [{ type: "image_url", image_url: { url: `data:image/jpeg;base64,${photo}` } }];
        const body = JSON.stringify({ model: "moonshotai/Kimi-K3", max_tokens, messages: [{ role: "user", content }] });
        const answer = await guarded(url, { method: "POST", body, headers: { "content-type": "application/json" } });
        return answer.text();
      };
      return { fitted: await send(60), refused: await send(60_000), bills, spentUsd: guarded.spentUsd };
    },
    { url: `${endpoint}/chat/completions`, photo },
  );
  const { fitted, refused, bills, spentUsd } = outcome;
  assert.match(fitted, /43×64 pixels/);
  assert.equal(JSON.parse(refused).error?.code, "budget");
  assert.equal(bills.length, 1);
  assert.equal(bills[0].inputTokens.reported, bills[0].inputTokens.estimated);
  assert.equal(spentUsd, bills[0].cost.highUsd);
}

/** Chooses a file until the page has heard of it: a framework's page is there before it listens. */
async function choose(page, name, figures) {
  for (let tries = 5; ; tries--) {
    await page.getByLabel("Image").setInputFiles([]);
    await page.getByLabel("Image").setInputFiles(fixturePath(name));
    try {
      return await page.getByText(figures).waitFor({ timeout: 3000 });
    } catch (error) {
      if (tries > 0) continue;
      throw new Error(`the page says: ${await page.locator("body").innerText()}`, { cause: error });
    }
  }
}

const HTML = `<!doctype html>
  <meta charset="utf-8">
  <script type="module" src="main.js"></script>
  <input type="file" aria-label="Image"><button disabled>Ask</button>
  <p role="status"></p><output></output>`;

const ROLLUP = `
  import { nodeResolve } from "@rollup/plugin-node-resolve";
  import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";

  export default {
    input: "main.js",
    output: { dir: "dist", format: "es" },
    plugins: [nodeResolve({ browser: true }), importMetaAssets()],
  };
`;

const bundlers = {
  Vite: { example: "vite-react", script: "src/main.jsx", bundle: (folder) => build(folder, bin("vite"), ["build"]) },
  "webpack 5": {
    example: "html",
    async bundle(folder) {
      await build(folder, bin("webpack"), ["--mode=production", "--entry=./main.js", "--output-path=dist"]);
      await writeFile(join(folder, "dist/index.html"), HTML);
    },
  },
  esbuild: {
    example: "html",
    async bundle(folder) {
      await build(folder, bin("esbuild"), ["main.js", "--bundle", "--minify", "--splitting", "--format=esm", "--outdir=dist"]);
      // It leaves `new URL` as it is, so the binaries must lie beside the script.
      for (const binary of ["tilewise.wasm", "formats.wasm", "network.wasm", "counting.wasm", "shared.wasm", "prepare.wasm"]) {
        await writeFile(join(folder, "dist", binary), await readFile(join(folder, "node_modules/tilewise", binary)));
      }
      await writeFile(join(folder, "dist/index.html"), HTML);
    },
  },
  Rollup: {
    example: "html",
    async bundle(folder) {
      await writeFile(join(folder, "rollup.config.mjs"), ROLLUP);
      await build(folder, bin("rollup"), ["--config"]);
      await writeFile(join(folder, "dist/index.html"), HTML);
    },
  },
  Parcel: {
    example: "html",
    async bundle(folder) {
      await writeFile(join(folder, "index.html"), HTML);
      await build(folder, bin("parcel"), ["build", "index.html", "--no-cache", "--no-source-maps"]);
    },
  },
};

describe("a page built by", { timeout: 600_000 }, () => {
  for (const [name, { example, script = "main.js", bundle }] of Object.entries(bundlers)) {
    test(name, async (context) => {
      const folder = await guardedProject(context, example, script);
      await bundle(folder);
      await visit(context, await serveFolder(context, join(folder, "dist")));
    });
  }
});

test("a page without any tool, by an import map", async (context) => {
  const folder = await guardedProject(context, "html", "main.js");
  const page = await readFile(join(folder, "index.html"), "utf8");
  const entry = '"tilewise": "./node_modules/tilewise/index.js"';
  assert.ok(page.includes(entry));
  await writeFile(join(folder, "index.html"), page.replace(entry, `${entry}, "tilewise/fetch": "./node_modules/tilewise/fetch.js"`));
  await visit(context, await serveFolder(context, folder));
});

test("Vite's development server", { timeout: 120_000 }, async (context) => {
  const folder = await guardedProject(context, "vite-react", "src/main.jsx");
  const port = await freePort();
  const env = { BASETEN_BASE_URL: `${origin}/v1` };
  await serveBy(context, bin("vite"), ["--port", port, "--strictPort", "--host", "127.0.0.1"], { folder, env, port });
  await visit(context, `http://127.0.0.1:${port}/`);
});

test("Next.js", { timeout: 600_000 }, async (context) => {
  const folder = await guardedProject(context, "next", "app/asker.jsx");
  const guarded = join(folder, "app/api/guarded");
  await mkdir(guarded);
  await cp(fileURLToPath(new URL("../../examples/guard/next-route.js", import.meta.url)), join(guarded, "route.js"));
  let gate;
  const gated = await serve(context, async (request, response) => {
    await gate;
    forward(origin, request, response);
  });
  const env = { BASETEN_API_KEY: "secret", BASETEN_BASE_URL: `${gated}/v1`, NEXT_TELEMETRY_DISABLED: "1" };
  await build(folder, bin("next"), ["build"], env);
  const port = await freePort();
  await serveBy(context, bin("next"), ["start", "--port", port], { folder, env, port });
  const address = `http://127.0.0.1:${port}/`;

  await context.test("the page counts, and its server asks with a key of its own", async (context) => {
    await visit(context, address, `${origin}/faults/cors/v1`);
  });

  await context.test("a route handler keeps a budget for each user", async () => {
    const ask = async (user) => {
      const form = new FormData();
      form.set("question", "What is this?");
      form.set("photo", new File([fixture(PHOTO)], "photo.jpg", { type: "image/jpeg" }));
      const answer = await fetch(`${address}api/guarded`, { method: "POST", body: form, headers: user ? { "x-user": user } : {} });
      return { status: answer.status, text: await answer.text() };
    };
    assert.deepEqual(await ask(), { status: 401, text: "Log in first." });
    const { status, text } = await ask("ann");
    assert.equal(status, 200, text);
    assert.match(JSON.parse(text).answer, /jpeg image, 90×60 pixels/);

    // None is answered before one is refused, so that all are under way at once.
    let open;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const askTogether = async () => {
      const answer = await ask("ben");
      if (answer.status !== 200) open();
      return answer;
    };
    const all = await Promise.all(Array.from({ length: 100 }, askTogether));
    assert.deepEqual([...new Set(all.map(({ status }) => status))].sort(), [200, 402]);
    const refused = all.find(({ status }) => status === 402);
    assert.equal(JSON.parse(refused.text).code, "budget");
    assert.equal((await ask("ann")).status, 200, "another's budget is not spent");
  });
});

const freePort = async () => new URL(await deserted()).port;

/** Starts a server of a tool's own, and waits until it answers. */
async function serveBy(context, program, args, { folder, env, port }) {
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, detached: true, stdio: "ignore" });
  const ended = once(child, "close");
  context.after(async () => {
    // Tools start others, which would outlive them.
    process.kill(-child.pid, "SIGKILL");
    await ended;
    await rm(join(folder, "node_modules/.vite"), { recursive: true, force: true });
  });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

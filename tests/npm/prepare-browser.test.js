import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { fixture, fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";
import { contentType, launchBrowser, packageFile, page as html } from "./support/site.js";

/** 6 megapixels. */
const LARGE = "jpeg/6-megapixels.jpg";
const NONCE = "prepare";

const WORKER = `
  // Import maps do not reach workers.
  import { prepare } from "/tilewise/prepare.js";

  onmessage = async ({ data }) => {
    const { facts } = await prepare(data, { maxSide: 30 });
    postMessage(facts.height);
  };
`;

const project = await createProject({ after });
const site = await serve({ after }, async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  // An SVG is decoded as an image, from an address of its own.
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' 'nonce-${NONCE}'`,
    "connect-src 'self'",
    "img-src blob:",
    `worker-src ${searchParams.get("worker") ?? "'self'"}`,
  ];
  response.setHeader("content-security-policy", policy.join("; "));
  response.setHeader("content-type", contentType(pathname));
  const content = await find(pathname);
  response.statusCode = content === undefined ? 404 : 200;
  response.end(content);
});
async function find(pathname) {
  if (pathname === "/") return html(NONCE);
  if (pathname === "/own-worker.js") return WORKER;
  const [, name] = pathname.match(/^\/fixtures\/([\w/.-]+)$/) ?? [];
  return name ? readFile(fixturePath(name)) : packageFile(project, pathname);
}

const browser = await launchBrowser({ after });

async function open(context, address = "/") {
  const page = await browser.newPage();
  context.after(() => page.close());
  await page.goto(new URL(address, site).href);
  return page;
}

/** In a page: what becomes of a fixture, or the code and message of the error. */
const prepareIn = (page, name, goal) =>
  page.evaluate(
    async ({ name, goal }) => {
      const { prepare } = await import("tilewise/prepare");
      const source = await (await fetch(`/fixtures/${name}`)).blob();
      try {
        const { blob, ...rest } = await prepare(source, goal);
        const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
        const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
        return { ...rest, type: blob.type, hash: hex };
      } catch ({ code, message }) {
        return { code, message };
      }
    },
    { name, goal },
  );

async function prepareInNode(name, goal) {
  const entry = join(project.folder, "prepare-entry.js");
  await writeFile(entry, 'export * from "tilewise/prepare";\n');
  const { prepare } = await import(pathToFileURL(entry));
  const { blob, ...rest } = await prepare(fixture(name), goal);
  const hash = createHash("sha256").update(Buffer.from(await blob.arrayBuffer())).digest("hex");
  return { ...rest, type: blob.type, hash };
}

const GOALS = [
  [PHOTO, { maxSide: 40 }],
  [LARGE, { maxBytes: 30_000, format: "jpeg" }],
  ["webp/lossy-alpha.webp", { maxTokens: 2 }],
];

test("a page prepares in a worker, to the byte as Node does", async (context) => {
  const page = await open(context);
  const workers = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  for (const [name, goal] of GOALS) {
    assert.deepEqual(await prepareIn(page, name, goal), await prepareInNode(name, goal));
  }
  assert.deepEqual(workers, [new URL("/tilewise/prepare-worker.js", site).href]);
});

test("where workers are forbidden it prepares in the page", async (context) => {
  const page = await open(context, "/?worker='none'");
  const [name, goal] = GOALS[0];
  assert.deepEqual(await prepareIn(page, name, goal), await prepareInNode(name, goal));
});

test("a worker of the page's own prepares, without a document", async (context) => {
  const page = await open(context);
  const height = await page.evaluate(async () => {
    const file = await (await fetch("/fixtures/jpeg/orientation-6.jpg")).blob();
    const worker = new Worker("/own-worker.js", { type: "module" });
    const answer = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage(file);
    return answer;
  });
  assert.equal(height, 30);
});

test("formats that the browser alone decodes are prepared, and it is said so", async (context) => {
  const page = await open(context);
  const avif = await prepareIn(page, "avif/pillow-orientation-6.avif", { maxSide: 20, format: "png" });
  assert.equal(avif.steps?.[0], "avif decoded by the browser", JSON.stringify(avif));
  assert.equal(Math.max(avif.facts.width, avif.facts.height), 20);
  assert.ok(avif.facts.height > avif.facts.width, "it lies on its side");
  const svg = await prepareIn(page, "svg/percent.svg", { maxSide: 100 });
  assert.equal(svg.steps?.[0], "svg decoded by the browser", JSON.stringify(svg));
});

test("a format that this browser does not decode is an error that says so", async (context) => {
  const page = await open(context);
  const { code, message } = await prepareIn(page, "heic/alpha.heic", { maxSide: 20 });
  assert.equal(code, "unsupported_format");
  assert.match(message, /heic/);
});

test("what the app decodes crosses into the worker, as a bitmap or as pixels", async (context) => {
  const page = await open(context);
  for (const kind of ["bitmap", "pixels"]) {
    const prepared = await page.evaluate(async (kind) => {
      const { prepare } = await import("tilewise/prepare");
      const heic = await (await fetch("/fixtures/heic/alpha.heic")).blob();
      const decode = async () => {
        const pixels = new ImageData(40, 30);
        return kind === "pixels" ? pixels : createImageBitmap(pixels);
      };
      const { facts, steps } = await prepare(heic, { maxSide: 20, format: "png" }, { decode });
      return { size: [facts.width, facts.height], step: steps[0] };
    }, kind);
    assert.deepEqual(prepared, { size: [20, 15], step: "heic decoded by the app" }, kind);
  }
});

test("errors come out of the worker as they are", async (context) => {
  const page = await open(context);
  assert.equal((await prepareIn(page, PHOTO, { maxBytes: 1 })).code, "limit");
  assert.equal((await prepareIn(page, PHOTO, { maxSide: 0 })).code, "invalid_argument");
  assert.equal((await prepareIn(page, "mp4/h264.mp4", {})).code, "unsupported_format");
  assert.equal((await prepareIn(page, "png/claims-4-billion-pixels.png", { maxSide: 9 })).code, "limit");
});

test("an abort rejects at once, ends the worker, and leaves the others alone", async (context) => {
  const page = await open(context);
  const outcome = await page.evaluate(async () => {
    const { prepare, TilewiseError } = await import("tilewise/prepare");
    const large = await (await fetch("/fixtures/jpeg/6-megapixels.jpg")).blob();
    const small = await (await fetch("/fixtures/jpeg/orientation-6.jpg")).blob();
    const controller = new AbortController();
    const shares = [];
    const onProgress = (share) => {
      shares.push(share);
      controller.abort();
    };
    const goal = { maxBytes: 100_000, format: "jpeg" };
    const others = Array.from({ length: 6 }, () => prepare(small, { maxSide: 30 }));
    const aborted = await prepare(large, goal, { signal: controller.signal, onProgress }).catch((error) => error);
    const before = await prepare(small, goal, { signal: AbortSignal.abort() }).catch((error) => error);
    const later = await prepare(small, { maxSide: 20 });
    return {
      isKnown: aborted instanceof TilewiseError,
      codes: [aborted.code, before.code],
      shares: shares.length,
      others: (await Promise.all(others)).map(({ facts }) => facts.height),
      later: later.facts.height,
    };
  });
  assert.deepEqual(outcome, {
    isKnown: true,
    codes: ["aborted", "aborted"],
    shares: 1,
    others: [30, 30, 30, 30, 30, 30],
    later: 20,
  });
});

test("a batch of 12 goes through while the page stays at hand", async (context) => {
  const page = await open(context);
  const { heights, shares, longest } = await page.evaluate(async () => {
    const { default: init, prepare } = await import("tilewise/prepare");
    await init();
    const blob = await (await fetch("/fixtures/jpeg/6-megapixels.jpg")).blob();
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
    let shares = 0;
    const onProgress = () => (shares += 1);
    const batch = Array.from({ length: 12 }, () => prepare(blob, { maxSide: 1024 }, { onProgress }));
    const heights = (await Promise.all(batch)).map(({ facts }) => facts.height);
    return { heights, shares, longest: Math.max(0, ...tasks.map(({ duration }) => duration)) };
  });
  assert.deepEqual(heights, Array.from({ length: 12 }, () => 683));
  assert.equal(shares, 12 * 3);
  context.diagnostic(`the longest task of the page took ${Math.round(longest)} ms, or less than 50 where it is 0`);
});

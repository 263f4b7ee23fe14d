import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { example } from "./support/documents.js";
import { origin } from "./support/environment.js";
import { draft, fixturePath, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { forward, serve } from "./support/server.js";
import { stepwise } from "./support/steps.js";
import { contentType, launchBrowser, packageFile, page } from "./support/site.js";

/** Pages of the documents, by their paths. */
const EXAMPLES = { "/estimates": example("page"), "/asks": example("page that asks") };

const WORKER = `
  // Import maps do not reach workers.
  import init, { estimate, inspect } from "/tilewise/index.js";

  onmessage = async ({ data: { draft, file } }) => {
    await init();
    const facts = await inspect(file);
    const { mediaTokens } = estimate({ ...draft, media: [{ facts, via: "base64", data: file }] });
    postMessage({ facts, mediaTokens });
  };
`;

const project = await createProject({ after });
const site = await serve({ after }, async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (/^\/(v1|faults)\//.test(pathname)) return forward(origin, request, response);

  const nonce = randomBytes(16).toString("base64");
  const connect = ["'self'", ...searchParams.getAll("connect")].join(" ");
  response.setHeader(
    "content-security-policy",
    `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-${nonce}'; connect-src ${connect}`,
  );
  response.setHeader("content-type", contentType(pathname));
  const content = await find(pathname, nonce);
  response.statusCode = content === undefined ? 404 : 200;
  return response.end(content);
});

async function find(pathname, nonce) {
  if (pathname === "/") return page(nonce, '<input type="file">');
  if (pathname in EXAMPLES) return page(nonce, EXAMPLES[pathname].replace("<script ", `<script nonce="${nonce}" `));
  if (pathname === "/worker.js") return WORKER;
  if (pathname === "/photo.jpg") return readFile(fixturePath(PHOTO));
  return packageFile(project, pathname);
}

const browser = await launchBrowser({ after });

/** A fresh page, with what it complains of and what it sends. */
async function open(context, address = "/") {
  const page = await browser.newPage();
  const complaints = [];
  const posts = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") posts.push(request.url());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Browsers ask for it by themselves.
    if (!message.location().url.endsWith("/favicon.ico")) complaints.push(message.text());
  });
  context.after(() => page.close());
  await page.goto(new URL(address, site).href);
  return { page, complaints, posts };
}

/** Whole tiles of 14×14 pixels. */
const MEDIA_TOKENS = 24;

test("a page under a strict policy inspects blobs and files and estimates, and sends nothing", async (context) => {
  const { page, complaints, posts } = await open(context);
  await page.setInputFiles("input", fixturePath(PHOTO));
  const outcome = await page.evaluate(async (draft) => {
    const { default: init, estimate, inspect } = await import("tilewise");
    await init();
    const blob = await (await fetch("/photo.jpg")).blob();
    const [file] = document.querySelector("input").files;
    const [ofBlob, ofFile, ofUrl] = await Promise.all(
      [blob, file, new URL("/photo.jpg", location.href)].map((source) => inspect(source)),
    );
    const { mediaTokens } = estimate({ ...draft, media: [{ facts: ofFile, via: "base64", data: file }] });
    return { ofBlob, ofFile, ofUrl, mediaTokens };
  }, draft());
  assert.deepEqual(outcome, { ofBlob: PHOTO_FACTS, ofFile: PHOTO_FACTS, ofUrl: PHOTO_FACTS, mediaTokens: MEDIA_TOKENS });
  assert.deepEqual(complaints, []);
  assert.deepEqual(posts, []);
});

test("a page chats with an endpoint on its own origin, and sees the answer come", async (context) => {
  const { page, complaints } = await open(context);
  await page.setInputFiles("input", fixturePath(PHOTO));
  const { fault, step } = stepwise();
  await page.exposeFunction("step", async (count) => void (await step(count)));
  const { types, result } = await page.evaluate(async ({ draft, fault }) => {
    const { chat, inspect } = await import("tilewise");
    const [file] = document.querySelector("input").files;
    const media = [{ facts: await inspect(file), via: "base64", data: file }];
    const options = { baseUrl: new URL("/v1", location.href).href, apiKey: "test", headers: { "x-tilewise-fault": fault } };
    const stream = chat({ ...draft, media }, options);
    const types = [];
    // The first piece says nothing. Each of the others is sent when the event of the one before has come.
    await window.step(2);
    for await (const { type } of stream) {
      types.push(type);
      await window.step();
    }
    return { types, result: await stream.result };
  }, { draft: draft(), fault });
  assert.ok(types.filter((type) => type === "text").length > 5);
  assert.deepEqual(types.slice(-2), ["finish", "usage"]);
  assert.match(result.text, /jpeg image, 90×60 pixels/);
  assert.ok(result.text.endsWith(draft().text));
  assert.ok(result.firstTokenMs <= result.totalMs, JSON.stringify(result));
  assert.deepEqual(complaints, []);
});

test("the page in the README estimates a file that is chosen, and sends nothing", async (context) => {
  const { page, complaints, posts } = await open(context, "/estimates");
  await page.setInputFiles("input", fixturePath(PHOTO));
  await page.getByText(/^\d+ tokens, \$0\.\d+\nwarning: .*orientation 6/).waitFor({ timeout: 5000 });
  assert.deepEqual(complaints, []);
  assert.deepEqual(posts, []);
});

test("the page in docs/javascript.md asks about a file that is chosen", async (context) => {
  const { page, complaints } = await open(context, "/asks");
  await page.setInputFiles("input", fixturePath(PHOTO));
  await page.getByText(/^\d+ tokens, \$0\.\d+\n.*What is this\?$/s).waitFor({ timeout: 5000 });
  assert.deepEqual(complaints, []);
});

test("a module worker inspects and estimates", async (context) => {
  const { page, complaints } = await open(context);
  await page.setInputFiles("input", fixturePath(PHOTO));
  const outcome = await page.evaluate(async (draft) => {
    const worker = new Worker("/worker.js", { type: "module" });
    const [file] = document.querySelector("input").files;
    const answer = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage({ draft, file });
    return answer;
  }, draft());
  assert.deepEqual(outcome, { facts: PHOTO_FACTS, mediaTokens: MEDIA_TOKENS });
  assert.deepEqual(complaints, []);
});

test("an endpoint of another origin that allows no page is a network error that explains CORS", async (context) => {
  const { page } = await open(context, `/?connect=${origin}`);
  const error = await page.evaluate(
    async ({ draft, baseUrl }) => {
      const { chat, TilewiseError } = await import("tilewise");
      const error = await chat(draft, { baseUrl, apiKey: "test", maxRetries: 0 }).result.catch((error) => error);
      return { known: error instanceof TilewiseError, code: error.code, message: error.message };
    },
    { draft: draft(), baseUrl: `${origin}/v1` },
  );
  assert.equal(error.known, true);
  assert.equal(error.code, "network");
  assert.match(error.message, /CORS/);
  assert.ok(error.message.includes(origin) && error.message.includes(site), error.message);
});

/** What a page gets of a base URL: the text, or the error. */
const ask = (page, baseUrl) =>
  page.evaluate(
    async ({ draft, baseUrl }) => {
      const { chat } = await import("tilewise");
      const { result } = chat(draft, { baseUrl, apiKey: "test", maxRetries: 0 });
      return result.then(
        ({ text }) => ({ text }),
        ({ code, status, message }) => ({ code, status, message }),
      );
    },
    { draft: draft(), baseUrl },
  );

test("an endpoint of another origin that allows pages answers them, with an error too", async (context) => {
  const { page } = await open(context, `/?connect=${origin}`);
  const { text } = await ask(page, `${origin}/faults/cors/v1`);
  assert.ok(text.endsWith(draft().text));
  const { code, status } = await ask(page, `${origin}/faults/cors,status-402/v1`);
  assert.deepEqual({ code, status }, { code: "http", status: 402 });
});

test("a redirect to an origin that allows no page is a network error that explains CORS", async (context) => {
  const { page } = await open(context, `/?connect=${origin}`);
  const fault = encodeURIComponent(`redirect-307;to=${origin}`);
  const { code, message } = await ask(page, `${site}/faults/${fault}/v1`);
  assert.equal(code, "network");
  assert.match(message, /redirects .*CORS/);
});

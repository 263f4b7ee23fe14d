/** `guard` outside of Node: in a page, and in Cloudflare's runtime. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { origin } from "./support/environment.js";
import { fixture, fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { forward, serve } from "./support/server.js";
import { contentType, launchBrowser, packageFile, page } from "./support/site.js";
import { besidePackage, serveWorker } from "./support/workerd.js";

const project = await createProject({ after });

/** Asks three times, of which one is refused, and tells what became of it. */
const ASK = `
  async function ask(guard, url, photo) {
    const bills = [];
    const estimates = [];
    const guarded = guard({
      onLimit: "fit",
      budgetUsd: 0.02,
      estimate: { limits: { maxImageSide: 64 } },
      onEstimate: (estimate) => estimates.push(estimate),
      onBill: (bill) => bills.push(bill),
    });
    const send = async (max_tokens, stream) => {
      const content = [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: "data:image/jpeg;base64," + photo } }];
      const body = JSON.stringify({ model: "moonshotai/Kimi-K3", max_tokens, stream, stream_options: { include_usage: true }, messages: [{ role: "user", content }] });
      const answer = await guarded(url, { method: "POST", body, headers: { "content-type": "application/json" } });
      return { status: answer.status, text: await answer.text() };
    };
    const whole = await send(60, false);
    const streamed = await send(60, true);
    const refused = await send(60_000, true);
    const spentUsd = guarded.spentUsd;
    return { whole, streamed, refused, spentUsd, bills, notes: estimates.map(({ notes }) => notes), tokens: estimates.map(({ inputTokens }) => inputTokens) };
  }
`;

function assertAsked({ whole, streamed, refused, spentUsd, bills, tokens }) {
  assert.deepEqual([whole.status, streamed.status, refused.status], [200, 200, 400], refused.text);
  assert.match(whole.text, /png image, \d+×\d+ pixels/);
  const [, width, height] = whole.text.match(/(\d+)×(\d+) pixels/).map(Number);
  assert.ok(Math.max(width, height) <= 64, "it was sent as it is");
  assert.match(streamed.text, /\[DONE\]/);
  assert.equal(JSON.parse(refused.text).error.code, "budget");
  assert.equal(bills.length, 2);
  assert.deepEqual(bills.map(({ inputTokens }) => inputTokens.reported), tokens.slice(0, 2));
  const paid = bills[0].cost.highUsd + bills[1].cost.highUsd;
  assert.ok(Math.abs(spentUsd - paid) < 1e-12);
}

const photo = Buffer.from(fixture(PHOTO)).toString("base64");

test("a page asks through the guard", async () => {
  const site = await serve({ after }, async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname.startsWith("/v1/")) return forward(origin, request, response);
    response.setHeader("content-type", contentType(pathname));
    const content = pathname === "/" ? page("") : await packageFile(project, pathname);
    response.statusCode = content === undefined ? 404 : 200;
    return response.end(content);
  });
  const browser = await launchBrowser({ after });
  const tab = await browser.newPage();
  await tab.goto(site);
  const run = `async (photo) => { ${ASK} const { guard } = await import("tilewise/fetch"); return ask(guard, "/v1/chat/completions", photo); }`;
  assertAsked(await tab.evaluate(`(${run})(${JSON.stringify(photo)})`));
});

test("a worker of Cloudflare's asks through the guard", async () => {
  const script = `
    import { guard } from "./fetch-workerd.js";
    ${ASK}
    export default {
      async fetch(request) {
        return Response.json(await ask(guard, "${origin}/v1/chat/completions", await request.text()));
      },
    };
  `;
  const worker = await serveWorker({ after }, await besidePackage(project, script));
  const answer = await fetch(worker, { method: "POST", body: photo });
  assertAsked(await answer.json());
});

test("the web component <tile-cost> shows what a file costs", async () => {
  const component = await readFile(new URL("../../examples/guard/tile-cost.js", import.meta.url));
  const content = '<input type="file" id="photo"><tile-cost model="moonshotai/Kimi-K3" for="photo"></tile-cost><script type="module" src="/tile-cost.js"></script>';
  const site = await serve({ after }, async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    response.setHeader("content-type", contentType(pathname));
    response.end(pathname === "/" ? page("", content) : pathname === "/tile-cost.js" ? component : await packageFile(project, pathname));
  });
  const browser = await launchBrowser({ after });
  const tab = await browser.newPage();
  await tab.goto(site);
  await tab.setInputFiles("input", fixturePath(PHOTO));
  await tab.getByText(/^\d+ tokens, \$0\.\d+$/).waitFor();
  await tab.setInputFiles("input", fixturePath("README.md"));
  await tab.getByText(/an image/).waitFor();
});

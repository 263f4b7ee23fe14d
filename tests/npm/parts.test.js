import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fixture } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { serve } from "./support/server.js";
import { contentType, launchBrowser, packageFile, page } from "./support/site.js";

const project = await createProject({ after });
const browser = await launchBrowser({ after });
const BMP = Buffer.from(fixture("bmp/top-down.bmp")).toString("base64");

/** The binaries that a page fetches from its first call on, in the order of their names. */
async function binariesFor(context, run, argument) {
  const site = await serve(context, async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const content = pathname === "/" ? page("") : await packageFile(project, pathname);
    response.writeHead(content === undefined ? 404 : 200, { "content-type": contentType(pathname) }).end(content);
  });
  const tab = await browser.newPage();
  context.after(() => tab.close());
  const binaries = [];
  tab.on("request", (request) => {
    const [binary] = request.url().match(/\w+\.wasm$/) ?? [];
    if (binary) binaries.push(binary);
  });
  await tab.goto(site);
  await tab.evaluate(run, argument);
  return binaries.sort();
}

test("a page that estimates fetches the first binary alone", async (context) => {
  const run = async () => {
    const { default: init, estimate } = await import("tilewise");
    await init();
    estimate({ model: "moonshotai/Kimi-K2.6", text: "What is this?", media: [] });
  };
  assert.deepEqual(await binariesFor(context, run), ["tilewise.wasm"]);
});

test("a page that makes requests does not fetch what counts those of other clients", async (context) => {
  const run = async () => {
    const { requestBody } = await import("tilewise");
    await requestBody({ model: "moonshotai/Kimi-K2.6", text: "What is this?", media: [] });
  };
  assert.deepEqual(await binariesFor(context, run), ["network.wasm", "shared.wasm", "tilewise.wasm"]);
});

test("a page that uses all parts at once fetches each binary once, and each part works", async (context) => {
  const run = async (bmp) => {
    const { estimateBody, forecastCalibration, inspect, requestBody } = await import("tilewise");
    const model = "moonshotai/Kimi-K2.6";
    const messages = [{ role: "user", content: "What is this?" }];
    const draft = { model, text: "What is this?", media: [] };
    const image = inspect(`data:image/bmp;base64,${bmp}`);
    const [counted, forecast, body, facts] = await Promise.all([estimateBody({ model, messages }), forecastCalibration({ model }), requestBody(draft), image]);
    if (!(counted.inputTokens > 0 && forecast.inputTokens > 0) || body.model !== model || facts.mime !== "image/bmp") {
      throw new Error(JSON.stringify([counted, forecast, body, facts]));
    }
  };
  const all = ["counting.wasm", "formats.wasm", "network.wasm", "shared.wasm", "tilewise.wasm"];
  assert.deepEqual(await binariesFor(context, run, BMP), all);
});

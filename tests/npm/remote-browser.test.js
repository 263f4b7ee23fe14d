import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fixture, LARGE, LARGE_FACTS, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { noting, refusingRanges, sendEndlessly, sendPart, withoutRanges, withRanges } from "./support/remote.js";
import { serve } from "./support/server.js";
import { contentType, launchBrowser, packageFile, page } from "./support/site.js";

const photo = fixture(PHOTO);
const large = fixture(LARGE);

const ALLOWED = { "access-control-allow-origin": "*" };
const EXPOSED = { ...ALLOWED, "access-control-expose-headers": "content-range, content-encoding, etag" };
const GZIP = { "content-encoding": "gzip" };

const project = await createProject({ after });
const browser = await launchBrowser({ after });

/** An origin with a page, and perhaps more. */
const serveSite = (context, otherwise) =>
  serve(context, async (request, response) => {
    const content = await find(new URL(request.url, "http://localhost").pathname);
    if (content === undefined) return otherwise(request, response);
    response.writeHead(200, { "content-type": contentType(request.url) });
    return response.end(content);
  });

const find = async (pathname) => (pathname === "/" ? page("") : packageFile(project, pathname));

const site = await serveSite({ after }, (_, response) => response.writeHead(404).end());

async function open(context, origin = site) {
  const page = await browser.newPage();
  context.after(() => page.close());
  await page.goto(origin);
  return page;
}

/** What a page gets for an address: facts, or the fields of an error. Aborts after a while if told so. */
const inspectIn = (page, url, abortMs) =>
  page.evaluate(
    async ({ url, abortMs }) => {
      const { default: init, inspect } = await import("tilewise");
      await init();
      const signal = abortMs && AbortSignal.timeout(abortMs);
      return inspect(url, { signal }).catch(({ code, message, status }) => ({ code, message, status }));
    },
    { url, abortMs },
  );

async function inspectFrom(context, handler) {
  return inspectIn(await open(context), await serve(context, handler));
}

/** Without the bytes that were read. */
async function factsFrom(context, handler) {
  const { bytesRead, ...facts } = await inspectFrom(context, handler);
  return facts;
}

describe("a server of another origin that lets no page read it is an error that explains CORS and the ways out,", () => {
  const explains = (error, origin) => {
    assert.equal(error.code, "network");
    assert.match(error.message, /CORS.*Access-Control-Allow-Origin.*proxy.*Blob/s);
    assert.ok(error.message.includes(site) && error.message.includes(origin), error.message);
  };

  test("at once", async (context) => {
    const server = noting(withRanges(photo));
    const url = await serve(context, server);
    explains(await inspectIn(await open(context), url), url);
    assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
  });

  test("behind a redirect from a server that does", async (context) => {
    const location = await serve(context, withRanges(photo));
    const url = await serve(context, (_, response) => response.writeHead(302, { location, ...ALLOWED }).end());
    explains(await inspectIn(await open(context), url), url);
  });

  test("behind a redirect from the page's own origin", async (context) => {
    const location = await serve(context, withRanges(photo));
    const own = await serveSite(context, (_, response) => response.writeHead(302, { location }).end());
    const error = await inspectIn(await open(context, own), `${own}/photo`);
    assert.equal(error.code, "network");
    assert.match(error.message, /redirects.*CORS.*Blob/s);
  });
});

describe("a server of another origin that pages may read", () => {
  test("gives all facts where it exposes Content-Range, and is never asked for leave", async (context) => {
    const server = noting(withRanges(large, EXPOSED));
    assert.deepEqual(await factsFrom(context, server), LARGE_FACTS);
    assert.deepEqual(new Set(server.requests.map(({ method }) => method)), new Set(["GET"]));
    assert.deepEqual(new Set(server.requests.map(({ encoding }) => encoding?.startsWith("identity"))), new Set([true]));
    assert.ok(server.requests.length <= 6, server.ranges().join());
  });

  for (const [name, bytes] of Object.entries({ small: photo, large })) {
    test(`gives all but the size of a ${name} file where it does not, for a part has another`, async (context) => {
      const server = noting(withRanges(bytes, ALLOWED));
      const { bytesRead, ...facts } = name === "small" ? PHOTO_FACTS : LARGE_FACTS;
      assert.deepEqual(await factsFrom(context, server), { ...facts, bytes: null });
      assert.ok(server.requests.length <= 6, server.ranges().join());
    });
  }

  test("may hide where a file ends that is truncated", async (context) => {
    const cut = large.subarray(0, 100_000);
    assert.equal((await inspectFrom(context, withRanges(cut, ALLOWED))).code, "truncated");
    assert.equal((await inspectFrom(context, withRanges(new Uint8Array(), ALLOWED))).code, "truncated");
  });

  test("is read from the start where it refuses ranges", async (context) => {
    for (const status of [403, 416]) {
      const server = noting(refusingRanges(large, (response) => response.writeHead(status, ALLOWED).end(), ALLOWED));
      assert.deepEqual(await factsFrom(context, server), LARGE_FACTS);
      assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
    }
  });

  test("may be another behind a redirect, whose address is kept for further parts", async (context) => {
    const file = noting(withRanges(large, EXPOSED));
    const location = `${await serve(context, file)}/image?key=1`;
    const redirect = noting((_, response) => response.writeHead(307, { location, ...ALLOWED }).end());
    assert.deepEqual(await factsFrom(context, redirect), LARGE_FACTS);
    assert.equal(redirect.requests.length, 1);
    assert.ok(file.requests.length > 1);
    const own = await serveSite(context, (_, response) => response.writeHead(307, { location }).end());
    assert.equal((await inspectIn(await open(context, own), `${own}/image`)).orientation, 8);
  });

  test("shows by its Last-Modified that the file changed, where it hides the rest", async (context) => {
    const server = noting((request, response, count) => {
      const headers = { "last-modified": `Sat, 01 Aug 2026 10:00:0${count} GMT`, "cache-control": "no-store" };
      withRanges(large, { ...headers, ...ALLOWED })(request, response);
    });
    const { code, message } = await inspectFrom(context, server);
    assert.equal(code, "network");
    assert.match(message, /changed/);
  });
});

describe("a file that is stored compressed gives the right facts, and no wrong size,", () => {
  const compressed = gzipSync(large);

  for (const [name, headers] of Object.entries({ "that can be seen": EXPOSED, "that is hidden": ALLOWED })) {
    test(`in one part, by an encoding ${name}`, async (context) => {
      const server = noting(withRanges(compressed, { ...headers, ...GZIP }));
      const { bytes, ...facts } = await factsFrom(context, server);
      assert.deepEqual({ ...facts, bytes: LARGE_FACTS.bytes }, LARGE_FACTS);
      assert.ok(bytes === null || bytes === large.length, `${bytes}`);
      assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
    });

    test(`in several parts, by an encoding ${name}`, async (context) => {
      const server = noting((request, response) => {
        const all = { ...headers, ...GZIP };
        if (request.headers.range) sendPart(response, compressed, 0, 499, all);
        else withoutRanges(compressed, all)(request, response);
      });
      const { bytes, ...facts } = await factsFrom(context, server);
      assert.deepEqual({ ...facts, bytes: LARGE_FACTS.bytes }, LARGE_FACTS);
      assert.ok(bytes === null || bytes === large.length, `${bytes}`);
      assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
    });

    test(`in a body from the start, by an encoding ${name}`, async (context) => {
      const padded = gzipSync(Buffer.concat([photo, new Uint8Array(10 ** 7)]));
      const { bytes, orientation } = await factsFrom(context, withoutRanges(padded, { ...headers, ...GZIP }));
      assert.deepEqual({ bytes, orientation }, { bytes: null, orientation: 6 });
    });
  }
});

describe("the connection is closed at once", () => {
  const endless = (status, headers) => {
    let left;
    const handler = (_, response) => {
      left = sendEndlessly(response, status, { ...ALLOWED, ...headers }, photo);
    };
    return Object.assign(handler, { left: () => left });
  };

  test("behind an image", async (context) => {
    const server = endless(200, { "content-length": 10 ** 12 });
    const { bytes, orientation } = await inspectFrom(context, server);
    assert.deepEqual({ bytes, orientation }, { bytes: 10 ** 12, orientation: 6 });
    await server.left();
  });

  test("behind a part that is longer than was asked for", async (context) => {
    const range = `bytes 0-${10 ** 12 - 1}/${10 ** 12}`;
    const server = endless(206, { ...EXPOSED, "content-range": range });
    assert.equal((await inspectFrom(context, server)).orientation, 6);
    await server.left();
  });

  test("behind an error", async (context) => {
    const server = endless(404);
    assert.equal((await inspectFrom(context, server)).status, 404);
    await server.left();
  });

  test("when a signal aborts, before the answer and inside it", async (context) => {
    const page = await open(context);
    for (const start of [() => {}, (response) => response.writeHead(200, ALLOWED).write(photo.subarray(0, 100))]) {
      let closed;
      const url = await serve(context, (_, response) => {
        closed = new Promise((resolve) => response.on("close", resolve));
        start(response);
      });
      assert.equal((await inspectIn(page, url, 100)).code, "aborted");
      await closed;
    }
  });
});

test("an http: address on an https: page is a network error that explains mixed content", async (context) => {
  const page = await browser.newPage();
  context.after(() => page.close());
  await page.route("https://page.example/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ contentType: contentType(pathname), body: await find(pathname) });
  });
  await page.goto("https://page.example/");
  const { code, message } = await inspectIn(page, "http://images.example/photo.jpg");
  assert.equal(code, "network");
  assert.match(message, /mixed content.*Blob/s);
});

test("a device that is offline is a network error that says so", async (context) => {
  const page = await open(context);
  await inspectIn(page, `${site}/photo.jpg`);
  await page.context().setOffline(true);
  const { code, message } = await inspectIn(page, `${site}/photo.jpg`);
  assert.equal(code, "network");
  assert.match(message, /offline/);
});

test("a part of the package that cannot be loaded is a network error that names it, and is tried again", async (context) => {
  const page = await open(context);
  await page.evaluate(() => import("tilewise").then(({ default: init }) => init()));
  await page.context().route("**/network.wasm", (route) => route.abort());
  const { code, message } = await inspectIn(page, `${site}/photo.jpg`);
  assert.equal(code, "network");
  assert.match(message, /cannot load network\.wasm/);
  await page.context().unroute("**/network.wasm");
  assert.equal((await inspectIn(page, `${site}/photo.jpg`)).code, "http");
});

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { useClock } from "./support/clock.js";
import { fixture, LARGE, LARGE_FACTS, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { noting, refusingRanges, sendEndlessly, sendPart, withoutRanges, withRanges } from "./support/remote.js";
import { deserted, serve } from "./support/server.js";

const { inspect, TilewiseError } = await (await createProject({ after })).load();

const photo = fixture(PHOTO);
const large = fixture(LARGE);
const MAX_READ = 16 * 1024;
const MAX_REQUESTS = 6;
const HUGE = 10 ** 12;

const failsWith = (code, source, options, message = /./) =>
  assert.rejects(inspect(source, options), (error) => {
    assert.ok(error instanceof TilewiseError);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });

/** The facts of `large`, without the count of bytes that were read. */
async function inspectLarge(url, options) {
  const { bytesRead, ...facts } = await inspect(url, options);
  return facts;
}

describe("a server that honours Range", () => {
  test("is asked once for a small image", async (context) => {
    const server = noting(withRanges(photo));
    assert.deepEqual(await inspect(await serve(context, server)), PHOTO_FACTS);
    assert.deepEqual(server.ranges(), ["bytes=0-2047"]);
  });

  test("is asked a few times for a header behind much else, over connections that are used again", async (context) => {
    const server = noting(withRanges(large));
    const { bytesRead, ...facts } = await inspect(await serve(context, server));
    assert.deepEqual(facts, LARGE_FACTS);
    assert.ok(bytesRead <= MAX_READ, `${bytesRead} bytes were read`);
    assert.ok(server.requests.length <= MAX_REQUESTS, server.ranges().join());
    assert.ok(new Set(server.requests.map(({ socket }) => socket)).size <= 2);
  });

  test("is asked for bytes as they are stored, of which alone parts can be read", async (context) => {
    const server = noting(withRanges(photo));
    await inspect(await serve(context, server));
    assert.deepEqual(server.requests.map(({ encoding }) => encoding), ["identity"]);
  });

  test("is asked for the address as it was given: an addition would break a signed one", async (context) => {
    const server = noting(withRanges(photo));
    await inspect(`${await serve(context, server)}/a%20b.jpg?name=a&signature=c%2Bd==#top`);
    assert.deepEqual(server.requests.map(({ url }) => url), ["/a%20b.jpg?name=a&signature=c%2Bd=="]);
  });

  test("may send less than it was asked for", async (context) => {
    const url = await serve(context, (request, response) => {
      const [, start, end] = request.headers.range.match(/(\d+)-(\d+)/).map(Number);
      sendPart(response, large, start, Math.min(end, start + 99));
    });
    assert.deepEqual(await inspectLarge(url), LARGE_FACTS);
  });

  test("may send more than it was asked for, and is cut off there", async (context) => {
    let left;
    const url = await serve(context, (_, response) => {
      left = sendEndlessly(response, 206, { "content-range": `bytes 0-${HUGE - 1}/${HUGE}` }, photo);
    });
    const { bytesRead, ...facts } = await inspect(url);
    assert.deepEqual({ ...facts, bytesRead }, { ...PHOTO_FACTS, bytes: HUGE, bytesRead: 2048 });
    await left;
  });

  test("and sends another part than it was asked for is a fault, not an image", async (context) => {
    const url = await serve(context, (_, response) => sendPart(response, large, 100, 199));
    await failsWith("network", url, {}, /another part/);
  });
});

describe("a server that ignores Range", () => {
  test("is read from the start, once, and all that came is counted", async (context) => {
    const server = noting(withoutRanges(large));
    const { bytesRead, ...facts } = await inspect(await serve(context, server));
    assert.deepEqual(facts, LARGE_FACTS);
    assert.ok(bytesRead > 256 * 1024, `${bytesRead} bytes were read`);
    assert.equal(server.requests.length, 1);
  });

  test("is left as soon as enough has come", async (context) => {
    let left;
    const url = await serve(context, (_, response) => {
      left = sendEndlessly(response, 200, { "content-length": HUGE }, photo);
    });
    const { bytes, orientation } = await inspect(url);
    assert.deepEqual({ bytes, orientation }, { bytes: HUGE, orientation: 6 });
    await left;
  });

  test("is left as soon as what came is no image", async (context) => {
    let left;
    const url = await serve(context, (_, response) => {
      left = sendEndlessly(response, 200, {}, "Dear diary, today");
    });
    await failsWith("unsupported_format", url);
    await left;
  });

  test("only later is read afresh, so that no two versions are mixed", async (context) => {
    const padded = Buffer.concat([photo, new Uint8Array(100_000)]);
    const server = noting((request, response, count) => {
      if (count === 1) withRanges(large)(request, response);
      else withoutRanges(padded)(request, response);
    });
    const { bytes, orientation, width } = await inspect(await serve(context, server));
    assert.deepEqual({ bytes, orientation, width }, { bytes: padded.length, orientation: 6, width: 90 });
    assert.equal(server.requests.length, 2);
  });
});

describe("a server that refuses Range is asked once without, with", () => {
  const refusals = {
    400: {},
    403: {},
    405: {},
    416: {},
    "416 and the length of a file that is longer": { "content-range": `bytes */${large.length}` },
    501: {},
  };
  for (const [name, headers] of Object.entries(refusals)) {
    test(name, async (context) => {
      const refuse = (response) => response.writeHead(Number.parseInt(name), headers).end();
      const server = noting(refusingRanges(large, refuse));
      assert.deepEqual(await inspectLarge(await serve(context, server)), LARGE_FACTS);
      assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
    });
  }

  test("a connection that it drops", async (context) => {
    const server = noting(refusingRanges(large, (response) => response.destroy()));
    assert.deepEqual(await inspectLarge(await serve(context, server)), LARGE_FACTS);
    assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
  });

  test("a later part, too", async (context) => {
    const server = noting((request, response, count) => {
      if (count === 2) response.writeHead(403).end();
      else withRanges(large)(request, response);
    });
    assert.deepEqual(await inspectLarge(await serve(context, server)), LARGE_FACTS);
    assert.equal(server.requests.length, 3);
    assert.equal(server.ranges().at(-1), undefined);
  });

  test("an answer that has no end: it is left before the next request", async (context) => {
    let left;
    const url = await serve(context, (request, response) => {
      if (request.headers.range) left = sendEndlessly(response, 403, {}, "no");
      else left.then(() => response.end(photo));
    });
    assert.equal((await inspect(url)).orientation, 6);
  });

  test("the same refusal again: that is its answer", async (context) => {
    const server = noting((_, response) => response.writeHead(403).end());
    const url = await serve(context, server);
    await assert.rejects(inspect(url), { name: "TilewiseError", code: "http", status: 403, message: /Forbidden/ });
    assert.equal(server.requests.length, 2);
  });
});

describe("a part that is not what it seems is not used, and the file is read from its start:", () => {
  const parts = {
    "one of the compressed file": (response) => {
      sendPart(response, gzipSync(large), 0, 499, { "content-encoding": "gzip" });
    },
    "one with more bytes than it says": (response) => {
      sendPart(response, large, 0, 2047, { "content-length": undefined, "content-range": "bytes 0-499/500" });
    },
    "one with fewer bytes than it says": (response) => {
      const lie = { "content-length": undefined, "content-range": `bytes 0-2047/${large.length}` };
      sendPart(response, large, 0, 499, lie);
    },
    "one that breaks off": (response) => {
      response.writeHead(206, { "content-range": `bytes 0-2047/${large.length}` });
      response.write(large.subarray(0, 500), () => response.destroy());
    },
    "one without bytes": (response) => {
      sendPart(response, large, 0, -1, { "content-range": `bytes 0-2047/${large.length}` });
    },
    "one with a range that makes no sense": (response) => {
      sendPart(response, large, 0, 2047, { "content-range": "bytes 0-2047/100" });
    },
    "one in a unit that is not bytes": (response) => {
      sendPart(response, large, 0, 2047, { "content-range": "pixels 0-2047/9000" });
    },
    "one of several": (response) => {
      sendPart(response, large, 0, 2047, { "content-type": "multipart/byteranges; boundary=THIS" });
    },
    "one that is longer than was asked for, and does not say where it lies": (response) => {
      sendPart(response, large.slice(1), 0, 5000, { "content-range": undefined });
    },
  };
  for (const [name, send] of Object.entries(parts)) {
    test(name, async (context) => {
      const server = noting(refusingRanges(large, send));
      assert.deepEqual(await inspectLarge(await serve(context, server)), LARGE_FACTS);
      assert.deepEqual(server.ranges(), ["bytes=0-2047", undefined]);
    });
  }

  test("unless it is a part again", async (context) => {
    const compressed = { "content-encoding": "gzip" };
    const url = await serve(context, (_, response) => sendPart(response, gzipSync(large), 0, 99, compressed));
    await failsWith("network", url, {}, /a part of the file/);
  });

  test("its bytes count as read", async (context) => {
    const lie = { "content-length": undefined, "content-range": `bytes 0-2047/${photo.length * 2}` };
    const url = await serve(context, refusingRanges(photo, (response) => sendPart(response, photo, 0, 499, lie)));
    assert.equal((await inspect(url)).bytesRead, photo.length + 500);
  });
});

describe("the size is null where the server does not tell it:", () => {
  test("a body in chunks", async (context) => {
    const url = await serve(context, (_, response) => {
      response.write(large);
      response.end();
    });
    assert.deepEqual(await inspectLarge(url), { ...LARGE_FACTS, bytes: null });
  });

  test("a body that was compressed on its way", async (context) => {
    const compressed = gzipSync(Buffer.concat([photo, new Uint8Array(10 ** 7)]));
    const url = await serve(context, withoutRanges(compressed, { "content-encoding": "gzip" }));
    assert.equal((await inspect(url)).bytes, null);
  });

  const parts = {
    "parts of a length that is not known": (start, last) => ({ "content-range": `bytes ${start}-${last}/*` }),
    "parts of which only the length of their own can be seen": () => ({ "content-range": undefined }),
    "parts of which no length can be seen": () => ({ "content-range": undefined, "content-length": undefined }),
  };
  for (const [name, headers] of Object.entries(parts)) {
    test(name, async (context) => {
      const url = await serve(context, (request, response) => {
        const [, start, end] = request.headers.range.match(/(\d+)-(\d+)/).map(Number);
        sendPart(response, large, start, end, headers(start, end));
      });
      assert.deepEqual(await inspectLarge(url), { ...LARGE_FACTS, bytes: null });
    });
  }

  test("but known as soon as the end is read", async (context) => {
    const compressed = gzipSync(photo);
    const url = await serve(context, withoutRanges(compressed, { "content-encoding": "gzip" }));
    assert.deepEqual(await inspect(url), PHOTO_FACTS);
  });
});

describe("a file that ends inside its header is truncated", () => {
  const cut = large.subarray(0, 100_000);

  test("where the server tells the length in every part", async (context) => {
    await failsWith("truncated", await serve(context, withRanges(cut)), {}, /after 100000 bytes/);
  });

  test("where it tells the length only when asked for what lies behind the end", async (context) => {
    const server = noting((request, response) => {
      const [, start, end] = request.headers.range.match(/(\d+)-(\d+)/).map(Number);
      if (start >= cut.length) withRanges(cut)(request, response);
      else sendPart(response, cut, start, end, { "content-range": `bytes ${start}-${end}/*` });
    });
    await failsWith("truncated", await serve(context, server), {}, /after 100000 bytes/);
  });

  test("where it never tells the length", async (context) => {
    const server = noting((request, response) => {
      const [, start, end] = request.headers.range.match(/(\d+)-(\d+)/).map(Number);
      if (start >= cut.length) response.writeHead(416).end();
      else sendPart(response, cut, start, end, { "content-range": undefined });
    });
    await failsWith("truncated", await serve(context, server));
    assert.ok(server.requests.length <= MAX_REQUESTS, server.ranges().join());
  });

  test("where it is read from the start", async (context) => {
    await failsWith("truncated", await serve(context, withoutRanges(cut)), {}, /after 100000 bytes/);
  });
});

describe("an empty file is truncated, whether its server answers a range", () => {
  const empty = new Uint8Array();
  const answers = {
    "with 200": withoutRanges(empty),
    "with 206": (_, response) => response.writeHead(206, { "content-length": 0 }).end(),
    "with 416 and its length": withRanges(empty),
    "with 416 alone": refusingRanges(empty, (response) => response.writeHead(416).end()),
    "with 416, compressed": withRanges(empty, { "content-encoding": "gzip" }),
  };
  for (const [name, answer] of Object.entries(answers)) {
    test(name, async (context) => {
      await failsWith("truncated", await serve(context, answer), {}, /the file is empty/);
    });
  }
});

describe("redirects are followed", () => {
  const to = (location) => (_, response) => response.writeHead(302, { location }).end();

  test("over several hops, to another origin; further parts come from where they end", async (context) => {
    const file = noting(withRanges(large));
    const destination = `${await serve(context, file)}/image.jpg?key=1`;
    const hops = noting((request, response) => to(request.url === "/" ? "/second" : destination)(request, response));
    assert.deepEqual(await inspectLarge(await serve(context, hops)), LARGE_FACTS);
    assert.deepEqual(hops.requests.map(({ url }) => url), ["/", "/second"]);
    assert.ok(file.requests.length > 1 && file.requests.every(({ url }) => url === "/image.jpg?key=1"));
  });

  test("to another mirror every time, of which one is read", async (context) => {
    const mirrors = [
      await serve(context, withRanges(large, { etag: '"one"' })),
      await serve(context, withRanges(photo, { etag: '"other"' })),
    ];
    const server = noting((request, response, count) => to(mirrors[(count - 1) % 2])(request, response));
    const url = await serve(context, server);
    assert.deepEqual(await inspectLarge(url), LARGE_FACTS);
  });

  for (const status of [401, 403, 404, 410]) {
    test(`to an address that serves once, and then ${status}, and a fresh one has the rest`, async (context) => {
      const used = new Set();
      const url = await serve(context, (request, response) => {
        if (request.url === "/") return to(`/${used.size}`)(request, response);
        if (used.has(request.url)) return response.writeHead(status).end();
        used.add(request.url);
        return withRanges(large)(request, response);
      });
      assert.deepEqual(await inspectLarge(url), LARGE_FACTS);
      assert.equal(used.size, 2);
    });
  }
});

describe("a file that changes while it is read is a network error that says so, as shown by", () => {
  const longer = Buffer.concat([large, new Uint8Array(1)]);
  const answers = {
    "its ETag": [withRanges(large, { etag: '"one"' }), withRanges(large, { etag: '"other"' })],
    "its Last-Modified": [
      withRanges(large, { "last-modified": "Sat, 01 Aug 2026 10:00:00 GMT" }),
      withRanges(large, { "last-modified": "Sat, 01 Aug 2026 10:00:01 GMT" }),
    ],
    "its length": [withRanges(large), withRanges(longer)],
    "the length that it no longer has": [
      withRanges(large),
      (_, response) => response.writeHead(416, { "content-range": "bytes */100" }).end(),
    ],
  };
  for (const [name, [first, second]] of Object.entries(answers)) {
    test(name, async (context) => {
      const server = noting((request, response, count) => (count === 1 ? first : second)(request, response));
      await failsWith("network", await serve(context, server), {}, /changed on the server/);
      assert.equal(server.requests.length, 2);
    });
  }

  test("nothing, where mirrors date the same version differently", async (context) => {
    const server = noting((request, response, count) => {
      const headers = { etag: '"one"', "last-modified": `Sat, 01 Aug 2026 10:00:0${count} GMT` };
      withRanges(large, headers)(request, response);
    });
    assert.deepEqual(await inspectLarge(await serve(context, server)), LARGE_FACTS);
  });
});

test("an image that is not there is an http error with its status, and its body is left", async (context) => {
  let left;
  const server = noting((_, response) => {
    left = sendEndlessly(response, 404, {}, "<!doctype html>");
  });
  const url = await serve(context, server);
  await assert.rejects(inspect(url), { name: "TilewiseError", code: "http", status: 404, message: /Not Found/ });
  assert.equal(server.requests.length, 1);
  await left;
});

test("a server that cannot be reached is a network error", async () => {
  await failsWith("network", await deserted());
});

describe("no more is read than maxBytes", () => {
  test("in parts", (context) => readsAtMost(2500, context, withRanges(large)));

  test("from the start, whatever comes in one piece", (context) => readsAtMost(2500, context, withoutRanges(large)));

  test("from the start, of a file without an end", async (context) => {
    let left;
    const url = await serve(context, (_, response) => {
      left = sendEndlessly(response, 200, {}, large.subarray(0, 200_000));
    });
    await failsWith("read_limit", url, { maxBytes: 250_000 });
    await left;
  });

  test("after parts that could not be used, which count as well", async (context) => {
    const lie = { "content-length": undefined, "content-range": "bytes 0-2047/9000" };
    const handler = refusingRanges(photo, (response) => sendPart(response, photo, 0, 499, lie));
    await readsAtMost(600, context, handler);
    assert.equal((await inspect(await serve(context, handler), { maxBytes: 500 + 600 })).orientation, 6);
  });

  test("and what fits is enough", async (context) => {
    const padded = Buffer.concat([photo, new Uint8Array(100_000)]);
    const { bytesRead, orientation } = await inspect(await serve(context, withoutRanges(padded)), { maxBytes: 1500 });
    assert.deepEqual({ bytesRead, orientation }, { bytesRead: 1500, orientation: 6 });
  });

  async function readsAtMost(maxBytes, context, handler) {
    await failsWith("read_limit", await serve(context, handler), { maxBytes }, new RegExp(`${maxBytes} bytes`));
  }
});

describe("a signal ends it, and frees the connection,", () => {
  async function abortsIn(context, handler) {
    const controller = new AbortController();
    let closed;
    const server = noting((request, response, count) => {
      closed = once(request.socket, "close");
      return handler(request, response, controller, count);
    });
    await failsWith("aborted", await serve(context, server), { signal: controller.signal });
    await closed;
    return server.requests.length;
  }

  test("before anything is asked", async (context) => {
    const url = await serve(context, () => assert.fail("a request came"));
    await failsWith("aborted", url, { signal: AbortSignal.abort() });
  });

  test("while the server is silent", async (context) => {
    assert.equal(await abortsIn(context, (_, __, controller) => controller.abort()), 1);
  });

  for (const status of [200, 206]) {
    test(`inside the body of a ${status}`, async (context) => {
      const arriving = arrivals(context);
      const requests = await abortsIn(context, (_, response, controller) => {
        response.writeHead(status, { "content-length": 2048 });
        response.write(large.subarray(0, 1000));
        arriving(1000).then(() => controller.abort());
      });
      assert.equal(requests, 1);
    });
  }

  test("while a later part is awaited", async (context) => {
    const requests = await abortsIn(context, (request, response, controller, count) => {
      if (count === 1) withRanges(large)(request, response);
      else controller.abort();
    });
    assert.equal(requests, 2);
  });

  test("while a server that refused a range is asked again", async (context) => {
    const requests = await abortsIn(context, (request, response, controller) => {
      if (request.headers.range) response.writeHead(403).end();
      else controller.abort();
    });
    assert.equal(requests, 2);
  });
});

describe("a server that falls silent for a minute is a timeout", () => {
  const clock = useClock();
  const start = photo.subarray(0, 100);
  const answers = {
    "before its answer": { bytes: 0, answer: () => {} },
    "inside a part": { bytes: 100, answer: (response) => response.writeHead(206, { "content-length": 2048 }).write(start) },
    "inside a body": { bytes: 100, answer: (response) => response.writeHead(200).write(start) },
  };
  for (const [when, { bytes, answer }] of Object.entries(answers)) {
    test(when, async (context) => {
      const { url, asked, arriving } = await serveSlowly(context);
      const failed = failsWith("timeout", url, {}, /60000 ms/);
      const response = await asked;
      const closed = once(response, "close");
      answer(response);
      await arriving(bytes);
      clock.tick(59_000);
      await turn();
      clock.tick(1000);
      await failed;
      await closed;
    });
  }

  test("and one that sends a little twice a minute is read", async (context) => {
    const { url, asked, arriving } = await serveSlowly(context);
    const facts = inspect(url);
    const response = await asked;
    for (let at = 0; at < photo.length; at += 400) {
      const part = photo.subarray(at, at + 400);
      response.write(part);
      await arriving(at + part.length);
      clock.tick(30_000);
    }
    response.end();
    assert.deepEqual(await facts, PHOTO_FACTS);
  });

  /** A server whose first answer the test gives. */
  async function serveSlowly(context) {
    let ask;
    const asked = new Promise((resolve) => (ask = resolve));
    const url = await serve(context, (_, response) => ask(response));
    return { url, asked, arriving: arrivals(context) };
  }
});

/** Counts the bytes of bodies that the package reads; what it gives waits until it has read so many. */
function arrivals(context) {
  let count = 0;
  const read = new EventEmitter();
  const { fetch } = globalThis;
  context.mock.method(globalThis, "fetch", async (...request) => {
    const response = await fetch(...request);
    const counting = new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        count += chunk.length;
        read.emit("more");
      },
    });
    return new Response(response.body?.pipeThrough(counting), response);
  });
  return async (bytes) => {
    while (count < bytes) await once(read, "more");
    // It has been handed over by then.
    await turn();
  };
}

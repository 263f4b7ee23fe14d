import assert from "node:assert/strict";
import { pipeline } from "node:stream/promises";
import { after, describe, test } from "node:test";
import { fixture, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { deserted, serve } from "./support/server.js";

const { inspect, TilewiseError } = await (await createProject({ after })).load();

/** Its facts lie behind 256 KB of previews. */
const LARGE = "jpeg/exif-behind-previews.jpg";
const MOST_READ = 16 * 1024;

const failsWith = (code, source, options) =>
  assert.rejects(inspect(source, options), (error) => {
    assert.ok(error instanceof TilewiseError);
    assert.equal(error.code, code, error.message);
    return true;
  });

const withRanges = (bytes) => (request, response) => {
  const [, start, end] = request.headers.range.match(/^bytes=(\d+)-(\d+)$/).map(Number);
  const part = bytes.subarray(start, end + 1);
  const last = start + part.length - 1;
  response.writeHead(206, { "content-range": `bytes ${start}-${last}/${bytes.length}` });
  response.end(part);
};

const withoutRanges = (bytes) => (_, response) => {
  response.writeHead(200, { "content-length": bytes.length });
  response.end(bytes);
};

function* endlessPhoto() {
  yield fixture(PHOTO);
  for (;;) yield new Uint8Array(64 * 1024);
}

test("a picture is told by its bytes: size, orientation and what a viewer shows", async () => {
  assert.deepEqual(await inspect(fixture(PHOTO)), PHOTO_FACTS);
});

describe("the same facts come from", () => {
  const bytes = fixture(LARGE);
  const sources = {
    "a Blob": () => new Blob([bytes], { type: "text/plain" }),
    "a File": () => new File([bytes], "misnamed.txt"),
    "an ArrayBuffer": () => bytes.buffer,
    "a Uint8Array that is a part of its buffer": () => {
      const padded = new Uint8Array(bytes.length + 20);
      padded.set(bytes, 10);
      return padded.subarray(10, -10);
    },
    "a data: URL": () => `data:,${Buffer.from(bytes).toString("latin1").replace(/[^]/g, percentEncoded)}`,
    "a data: URL in base64": () => `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`,
    "a data: URL object": () => new URL(`data:;base64,${Buffer.from(bytes).toString("base64")}`),
    "a server that honours Range": (context) => serve(context, withRanges(bytes)),
    "a server that ignores Range": (context) => serve(context, withoutRanges(bytes)),
    "a URL object": async (context) => new URL(await serve(context, withRanges(bytes))),
  };
  for (const [name, source] of Object.entries(sources)) {
    test(name, async (context) => {
      const { bytesRead, ...facts } = await inspect(await source(context));
      assert.deepEqual(facts, {
        kind: "image",
        format: "jpeg",
        mime: "image/jpeg",
        bytes: bytes.length,
        width: 120,
        height: 80,
        displayWidth: 80,
        displayHeight: 120,
        orientation: 8,
        animated: false,
        hasAlpha: false,
      });
      // What stands before the part that is wanted had to come too, and is said.
      const most = name === "a server that ignores Range" ? bytes.length : MOST_READ;
      assert.ok(bytesRead <= most, `${bytesRead} bytes were read`);
    });
  }
});

test("the bytes that came before the part that was wanted are counted, too", async (context) => {
  const bytes = fixture(LARGE);
  const { bytesRead } = await inspect(await serve(context, withoutRanges(bytes)));
  assert.ok(bytesRead > 256 * 1024, `${bytesRead} bytes were read`);
});

test("a server that sends more than the range is cut off there", async (context) => {
  const start = fixture(PHOTO);
  const url = await serve(context, (_, response) => {
    response.writeHead(206, { "content-range": "bytes 0-2047/1000000000000" });
    for (const chunk of endlessPhoto()) if (!response.write(chunk)) break;
    response.on("drain", () => response.write(new Uint8Array(64 * 1024)));
  });
  const { bytesRead, bytes } = await inspect(url);
  assert.ok(bytesRead <= MOST_READ && bytesRead >= start.length, `${bytesRead} bytes were read`);
  assert.equal(bytes, 1_000_000_000_000);
});

test("a server that sends another part than it was asked for is a fault, not a picture", async (context) => {
  const url = await serve(context, (_, response) => {
    response.writeHead(206, { "content-range": "bytes 100-199/5000" });
    response.end(new Uint8Array(100));
  });
  await failsWith("network", url);
});

test("a server that ignores Range is left as soon as enough has come", async (context) => {
  const huge = 10 ** 12;
  let left;
  const url = await serve(context, (_, response) => {
    response.writeHead(200, { "content-length": huge });
    left = assert.rejects(pipeline(endlessPhoto, response), { code: "ERR_STREAM_PREMATURE_CLOSE" });
  });
  const facts = await inspect(url);
  assert.equal(facts.bytes, huge);
  assert.equal(facts.orientation, 6);
  await left;
});

test("a size that the server does not tell is null", async (context) => {
  const url = await serve(context, (_, response) => {
    response.write(fixture(LARGE));
    response.end();
  });
  assert.equal((await inspect(url)).bytes, null);
});

test("a remote picture that is not there is an http error with its status", async (context) => {
  const url = await serve(context, (_, response) => response.writeHead(404).end());
  await assert.rejects(inspect(url), { name: "TilewiseError", code: "http", status: 404 });
});

test("a server that cannot be reached is a network error", async () => {
  await failsWith("network", await deserted());
});

test("text is no picture", () => failsWith("unsupported_format", new Blob(["Dear diary, today"])));

test("an empty source is truncated", () => failsWith("truncated", new Uint8Array()));

test("half a header is truncated", () => failsWith("truncated", fixture("png/rgb.png").subarray(0, 20)));

test("no more is read than maxBytes", async (context) => {
  const bytes = fixture(LARGE);
  await failsWith("read_limit", new Blob([bytes]), { maxBytes: 2500 });
  await failsWith("read_limit", await serve(context, withRanges(bytes)), { maxBytes: 2500 });
  await failsWith("read_limit", await serve(context, withoutRanges(bytes)), { maxBytes: 2500 });
});

test("an aborted signal ends it before anything is read", async (context) => {
  const options = { signal: AbortSignal.abort() };
  const url = await serve(context, () => assert.fail("a request came"));
  await failsWith("aborted", fixture(PHOTO), options);
  await failsWith("aborted", url, options);
});

test("a signal ends it while a server is silent", async (context) => {
  const controller = new AbortController();
  const url = await serve(context, () => controller.abort());
  await failsWith("aborted", url, { signal: controller.signal });
});

describe("an invalid argument is", () => {
  const sources = {
    "a string that is no URL": "photo.jpg",
    "a URL that cannot be fetched": "ftp://example.com/photo.jpg",
    "a URL without a host": "https://",
    "a data: URL without a comma": "data:image/png",
    "a data: URL with broken base64": "data:;base64,a*b",
    "a number": 5,
    null: null,
    undefined,
    "a plain object": {},
    "a typed array that does not hold bytes": new Float64Array(8),
  };
  for (const [name, source] of Object.entries(sources)) {
    test(name, () => failsWith("invalid_argument", source));
  }
  test("a negative maxBytes", () => failsWith("invalid_argument", fixture(PHOTO), { maxBytes: -1 }));
  test("a signal that is none", () => failsWith("invalid_argument", fixture(PHOTO), { signal: {} }));
});

test("options that are undefined count as left out", async () => {
  const facts = await inspect(fixture(PHOTO), { signal: undefined, maxBytes: undefined });
  assert.equal(facts.width, 90);
});

test("a buffer that was transferred, and a view of it, reject like any other source", async () => {
  const bytes = fixture(PHOTO);
  const { buffer } = bytes;
  structuredClone(buffer, { transfer: [buffer] });
  await assert.rejects(inspect(bytes), { name: "TilewiseError" });
  await assert.rejects(inspect(buffer), { name: "TilewiseError" });
});

function percentEncoded(character) {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { fixture, LARGE, LARGE_FACTS, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { withoutRanges, withRanges } from "./support/remote.js";
import { serve } from "./support/server.js";

const { inspect, TilewiseError } = await (await createProject({ after })).load();

const MAX_READ = 16 * 1024;

const failsWith = (code, source, options) =>
  assert.rejects(inspect(source, options), (error) => {
    assert.ok(error instanceof TilewiseError);
    assert.equal(error.code, code, error.message);
    return true;
  });

test("an image is told by its bytes: size, orientation and what a viewer shows", async () => {
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
      assert.deepEqual(facts, LARGE_FACTS);
      // What stands before the part that is wanted had to come too, and is said.
      const most = name === "a server that ignores Range" ? bytes.length : MAX_READ;
      assert.ok(bytesRead <= most, `${bytesRead} bytes were read`);
    });
  }
});

describe("a data: URL is taken as browsers take it,", () => {
  const base64 = (bytes) => Buffer.from(bytes).toString("base64");
  const photo = base64(fixture(PHOTO));
  const urls = {
    "with its scheme and its coding in capitals": `DATA:image/jpeg;BASE64,${photo}`,
    "with spaces around it and its coding": `  data:image/jpeg; base64 ,${photo} \n`,
    "with whitespace in its base64": `data:;base64,${photo.replace(/.{76}/g, "$& \r\n\t")}`,
    "with percent-encoded base64": `data:;base64,${encodeURIComponent(photo)}`,
    "with percent-encoded whitespace": `data:;base64,${photo.replace(/.{76}/g, "$&%0D%0A%20")}`,
    "with parameters": `data:image/jpeg;name=base64;charset=utf-8;base64,${photo}`,
  };
  for (const [name, url] of Object.entries(urls)) {
    test(name, async () => assert.deepEqual(await inspect(url), PHOTO_FACTS));
  }

  for (const more of [0, 1, 2]) {
    test(`with and without padding, ${more} bytes behind a multiple of three`, async () => {
      const bytes = new Uint8Array(3 * 400 + more);
      bytes.set(fixture(PHOTO));
      const padded = `data:;base64,${base64(bytes)}`;
      assert.equal((await inspect(padded)).bytes, bytes.length);
      assert.equal((await inspect(padded.replace(/=+$/, ""))).bytes, bytes.length);
    });
  }

  test("and no more of it is decoded than is read", async () => {
    const long = `${base64(fixture(LARGE)).replace(/=+$/, "")}${"*".repeat(10 ** 7)}`;
    const { bytesRead, orientation } = await inspect(`data:;base64,${long}`);
    assert.equal(orientation, 8);
    assert.ok(bytesRead <= MAX_READ, `${bytesRead} bytes were read`);
  });
});

test("text is no image", () => failsWith("unsupported_format", new Blob(["Dear diary, today"])));

test("an empty source is truncated", () => failsWith("truncated", new Uint8Array()));

test("half a header is truncated", () => failsWith("truncated", fixture("png/rgb.png").subarray(0, 20)));

test("no more is read than maxBytes", async () => {
  const bytes = fixture(LARGE);
  await failsWith("read_limit", new Blob([bytes]), { maxBytes: 2500 });
  await failsWith("read_limit", `data:;base64,${Buffer.from(bytes).toString("base64")}`, { maxBytes: 2500 });
});

test("an aborted signal ends it before anything is read", async () => {
  await failsWith("aborted", fixture(PHOTO), { signal: AbortSignal.abort() });
});

describe("an invalid argument is", () => {
  const sources = {
    "a string that is no URL": "photo.jpg",
    "a URL that cannot be fetched": "ftp://example.com/photo.jpg",
    "a URL without a host": "https://",
    "a data: URL without a comma": "data:image/png",
    "a data: URL with broken base64": "data:;base64,a*b",
    "a data: URL with a character too few": "data:;base64,/9j/4",
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

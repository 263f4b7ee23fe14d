/** What is in memory, inspected at once. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { CLIP, fixture, LARGE, LARGE_FACTS, PHOTO, PHOTO_FACTS } from "./support/fixtures.js";
import { createProject } from "./support/project.js";

const { default: init, inspect, inspectSync, preload, TilewiseError } = await (await createProject({ after })).load();

const failsWith = (code, message, ...given) =>
  assert.throws(
    () => inspectSync(...given),
    (error) => {
      assert.ok(error instanceof TilewiseError);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    },
  );

test("nothing is inspected at once before the binary is there", async () => {
  failsWith("not_initialized", /await init\(\)/, fixture(PHOTO));
  await init();
  assert.deepEqual(inspectSync(fixture(PHOTO)), PHOTO_FACTS);
});

test("a video waits for its reader, which preload loads; until then inspect reads it", async () => {
  const clip = fixture(CLIP);
  failsWith("not_initialized", /await preload\(\["formats"\]\)/, clip);
  failsWith("not_initialized", /await preload\(\["formats"\]\)/, new TextEncoder().encode("no image at all"));
  await preload(["formats"]);
  assert.deepEqual(inspectSync(clip), await inspect(clip));
  failsWith("unsupported_format", /neither an image nor a video/, new TextEncoder().encode("no image at all"));
});

describe("the facts are those of inspect, for", () => {
  for (const name of ["png/rgb.png", PHOTO, LARGE, "gif/looping-large.gif", "webp/lossy.webp", "avif/10-bit.avif", CLIP]) {
    test(name, async () => {
      const bytes = fixture(name);
      const facts = await inspect(new Blob([bytes]));
      assert.deepEqual(inspectSync(bytes), facts);
      assert.deepEqual(inspectSync(bytes.buffer), facts);
      assert.deepEqual(await inspect(bytes), facts);
    });
  }
});

test("no more than the header is copied", () => {
  const { bytesRead, ...facts } = inspectSync(fixture(LARGE));
  assert.deepEqual(facts, LARGE_FACTS);
  assert.ok(bytesRead <= 4096, `${bytesRead} bytes were copied`);
});

test("a part of a longer buffer is read as if it were alone", () => {
  const bytes = fixture(PHOTO);
  const padded = new Uint8Array(bytes.length + 20);
  padded.set(bytes, 10);
  assert.deepEqual(inspectSync(padded.subarray(10, -10)), PHOTO_FACTS);
});

test("what cannot be read says why", () => {
  const photo = fixture(PHOTO);
  failsWith("truncated", /inside its header|ends after/, photo.subarray(0, 40));
  failsWith("truncated", /empty/, new Uint8Array());
  failsWith("read_limit", /beyond the 16 bytes/, photo, { maxBytes: 16 });
  for (const maxBytes of [-1, 1.5, "many", Number.NaN]) failsWith("invalid_argument", /options\.maxBytes/, photo, { maxBytes });
  for (const source of [new Blob([photo]), "photo.jpg", undefined, null, 7, [1, 2]]) failsWith("invalid_argument", /`inspect` reads a Blob and a URL/, source);
  const { buffer } = fixture(PHOTO);
  structuredClone(buffer, { transfer: [buffer] });
  failsWith("truncated", /empty/, buffer);
});

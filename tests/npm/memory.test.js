/** Memory over many calls. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CLIP, fixturePath, PHOTO } from "./support/fixtures.js";
import { WATCH_MEMORY } from "./support/memory.js";
import { createProject } from "./support/project.js";

const project = await createProject({ after });

test("a body of 50 MB passes the guard, and nothing of it is left or lies in the program", { timeout: 120_000 }, async () => {
  const source = `
    ${WATCH_MEMORY}
    const { preload } = await import("tilewise");
    const { guard } = await import("tilewise/fetch");
    await preload(["network"]);

    const photo = Buffer.alloc(37_500_000, "pixels");
    Buffer.from("/9j/4AAQSkZJRgABAQAAAQABAAD/wAARCAGQAlgDASIAAhEBAxEB/9oADAMBAAIRAxEAPwA=", "base64").copy(photo);
    let body = JSON.stringify({ model: "moonshotai/Kimi-K3", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/jpeg;base64," + photo.toString("base64") } }] }] });
    const used = () => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const sizes = () => memories.map(({ buffer }) => buffer.byteLength);

    const before = { used: used(), sizes: sizes() };
    const length = body.length;
    let during;
    let estimated;
    const fetch = async () => {
      during = sizes();
      return new Response("{}");
    };
    const guarded = guard({ fetch, onLimit: "send", onEstimate: (estimate) => (estimated = estimate) });
    await (await guarded("https://example.com/v1/chat/completions", { method: "POST", body })).text();
    body = undefined;
    const after = { used: used(), sizes: sizes() };
    console.log(JSON.stringify({ length, before, during, after, width: estimated.media[0].seen.width, bodyBytes: estimated.bodyBytes }));
  `;
  const { length, before, during, after: left, width, bodyBytes } = JSON.parse(await project.runScript(source, {}, 100_000));
  assert.ok(length > 50_000_000);
  assert.deepEqual([width, bodyBytes], [600, length]);
  assert.deepEqual([before.sizes.length, left.sizes], [1, during]);
  // Of the body the program holds a few kilobytes.
  assert.ok(during[0] - before.sizes[0] < 1_000_000, `${during} after ${before.sizes}`);
  // The body itself is gone too, which was there before.
  assert.ok(left.used < before.used - length * 0.9, `${left.used} of ${before.used} bytes are in use`);
});

test("100,000 files inspected and estimated leave the memory of the program as it was", { timeout: 300_000 }, async () => {
  const source = `
    import { readFile } from "node:fs/promises";
    ${WATCH_MEMORY}
    const { estimate, inspect } = await import("tilewise");
    const [photo, clip] = await Promise.all(${JSON.stringify([PHOTO, CLIP].map(fixturePath))}.map((path) => readFile(path)));

    async function work(count) {
      for (let index = 0; index < count; index++) {
        const facts = await inspect(index % 10 === 0 ? clip : photo);
        const media = [{ facts, via: "url", url: "https://example.com/photo.jpg" }];
        if (estimate({ model: "moonshotai/Kimi-K2.6", text: "?", media }).inputTokens === 0) throw new Error("nothing was counted");
      }
      collect();
      return [process.memoryUsage().heapUsed, ...memories.map(({ buffer }) => buffer.byteLength)];
    }

    const before = await work(2000);
    const after = await work(100_000);
    console.log(JSON.stringify(after.map((size, index) => size - before[index])));
  `;
  const [heap, ...binaries] = JSON.parse(await project.runScript(source, {}, 240_000));
  // One, or the test looked at nothing.
  assert.deepEqual(binaries, [0]);
  // Ten bytes a call would be a million.
  assert.ok(heap < 1_000_000, `the heap has grown by ${heap} bytes`);
});

test("a photograph that becomes small takes a fraction of the memory of its pixels", { timeout: 60_000 }, async () => {
  const source = `
    import { readFile } from "node:fs/promises";
    import { watchMemories } from ${JSON.stringify(new URL("../../bench/common/memory.js", import.meta.url))};
    const memories = watchMemories((exports) => "preparejob_new" in exports);
    const { prepare } = await import("tilewise/prepare");
    const photo = await readFile(${JSON.stringify(fixturePath("jpeg/6-megapixels.jpg"))});
    const { facts } = await prepare(photo, { maxSide: 800 });
    console.log(JSON.stringify([photo.length, Math.max(facts.width, facts.height), ...memories.map(({ buffer }) => buffer.byteLength)]));
  `;
  const [length, side, ...sizes] = JSON.parse(await project.runScript(source, {}, 50_000));
  assert.deepEqual([side, sizes.length], [800, 1]);
  // Six million pixels of four bytes are 24 MB.
  assert.ok(sizes[0] < length + 16_000_000, `${sizes[0]} bytes for a file of ${length}`);
});

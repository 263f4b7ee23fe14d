/** Memory over many calls. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CLIP, fixturePath, PHOTO } from "./support/fixtures.js";
import { WATCH_MEMORY } from "./support/memory.js";
import { createProject } from "./support/project.js";

const project = await createProject({ after });

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

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fixture, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { besidePackage, serveWorker } from "./support/workerd.js";

const SCRIPT = `
  import init, { prepare } from "./prepare.js";
  import binary from "./prepare.wasm";

  export default {
    async fetch(request) {
      await init(binary);
      const goal = JSON.parse(request.headers.get("goal"));
      try {
        const { blob, ...rest } = await prepare(await request.arrayBuffer(), goal);
        return Response.json({ ...rest, size: blob.size });
      } catch ({ code, message }) {
        return Response.json({ code, message });
      }
    },
  };
`;

const project = await createProject({ after });
const origin = await serveWorker({ after }, await besidePackage(project, SCRIPT));

const prepareThere = async (name, goal) => {
  const headers = { goal: JSON.stringify(goal) };
  return (await fetch(origin, { method: "POST", headers, body: fixture(name) })).json();
};

test("workerd prepares with a binary that was imported", async () => {
  const { facts, tokens, steps, changed, size } = await prepareThere(PHOTO, { maxBytes: 900, format: "jpeg" });
  assert.deepEqual([facts.width, facts.height, facts.bytes], [60, 90, size]);
  assert.ok(size <= 900);
  assert.deepEqual(tokens, { published: null, processor: 3 * 4 });
  assert.equal(steps[0], "rotated 90°");
  assert.equal(changed, true);
});

test("what workerd cannot prepare is an error with a code", async () => {
  assert.equal((await prepareThere("avif/1x1.avif", { maxSide: 9 })).code, "unsupported_format");
  assert.equal((await prepareThere(PHOTO, { maxBytes: 1 })).code, "limit");
});

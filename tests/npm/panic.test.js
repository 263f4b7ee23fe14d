/** A binary that gives up in the middle of a call, and a package that goes on. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { byUrl, draft } from "./support/fixtures.js";
import { createProject } from "./support/project.js";

const project = await createProject({ after });

/** Exports that take the place of a binary's own, which does not panic on demand. */
let breaking = {};
const { Instance, instantiate } = WebAssembly;
const broken = ({ exports }) => ({
  exports: new Proxy({}, { get: (_, name) => (name in breaking ? breaking[name] : exports[name]) }),
});
WebAssembly.instantiate = async (...from) => {
  const made = await instantiate(...from);
  return "instance" in made ? { ...made, instance: broken(made.instance) } : broken(made);
};
WebAssembly.Instance = class {
  constructor(...from) {
    return broken(new Instance(...from));
  }
};

const panic = () => {
  throw new WebAssembly.RuntimeError("unreachable");
};

test("a panic is an internal error with its cause, and the next call finds the package as new", async () => {
  const { default: init, chat, estimate, inspect } = await project.load();
  await init();
  const expected = estimate(draft({ media: [byUrl()] }));

  breaking = { estimate: panic };
  assert.throws(
    () => estimate(draft({ media: [byUrl()] })),
    (error) => error.name === "TilewiseError" && error.code === "internal" && error.cause instanceof WebAssembly.RuntimeError,
  );
  breaking = { mediaprobe_step: panic };
  await assert.rejects(inspect(new Uint8Array(100)), { name: "TilewiseError", code: "internal", message: /report/ });
  breaking = { session_request: panic };
  await assert.rejects(chat(draft(), { baseUrl: "http://localhost:9" }).result, { name: "TilewiseError", code: "internal" });

  breaking = {};
  assert.deepEqual(estimate(draft({ media: [byUrl()] })), expected);
  await assert.rejects(inspect(new Uint8Array(100)), { code: "unsupported_format" });
});

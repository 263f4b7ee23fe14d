/** A binary that gives up in the middle of a call, and a package that goes on. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { byUrl, draft, fixture, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";

const project = await createProject({ after });

/** Exports that take the place of a binary's own, which does not panic on demand. */
let breaking = {};
const { Instance, instantiate } = WebAssembly;
const standIns = new WeakSet();
/** Of all exports. */
const names = [];
const broken = ({ exports }) => {
  names.push(...Object.keys(exports));
  const get = (_, name) => (name in breaking ? breaking[name] : exports[name]);
  const standIn = { exports: new Proxy({}, { get }) };
  standIns.add(standIn);
  return standIn;
};
WebAssembly.instantiate = async (...from) => {
  const made = await instantiate(...from);
  return "instance" in made ? { ...made, instance: broken(made.instance) } : broken(made);
};
WebAssembly.Instance = class {
  constructor(...from) {
    return broken(new Instance(...from));
  }

  static [Symbol.hasInstance](made) {
    return standIns.has(made);
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
  breaking = { poll: panic };
  await assert.rejects(inspect(new Uint8Array(100)), { name: "TilewiseError", code: "internal", message: /report/ });
  await assert.rejects(chat(draft(), { baseUrl: "http://localhost:9" }).result, { name: "TilewiseError", code: "internal" });

  breaking = {};
  assert.deepEqual(estimate(draft({ media: [byUrl()] })), expected);
  await assert.rejects(inspect(new Uint8Array(100)), { code: "unsupported_format" });
});

test("a call that is under way when another one panics is rejected, and does not wait for ever", async () => {
  const { inspect } = await project.load();
  const slow = new Blob([fixture(PHOTO)]);
  let readOn;
  slow.slice = () => ({ arrayBuffer: () => new Promise((resolve) => (readOn = resolve)) });
  slow.arrayBuffer = slow.slice().arrayBuffer;
  const underWay = inspect(slow);
  await new Promise((resolve) => setImmediate(resolve));
  breaking = { poll: panic };
  await assert.rejects(inspect(new Blob([fixture(PHOTO)])), { code: "internal" });
  breaking = {};
  await assert.rejects(underWay, { name: "TilewiseError", code: "internal", message: /report/ });
  readOn(new ArrayBuffer(0));
  assert.equal((await inspect(fixture(PHOTO))).format, "jpeg");
});

test("a panic over a chunk of a stream, which no caller awaits, rejects the chat", async () => {
  const { chat, inspect } = await project.load();
  const closures = names.filter((name) => name.includes("closures"));
  assert.ok(closures.length > 0);
  const { fetch } = globalThis;
  globalThis.fetch = async () => {
    const body = new ReadableStream({
      pull(controller) {
        breaking = Object.fromEntries(closures.map((name) => [name, panic]));
        controller.enqueue(new TextEncoder().encode("data: {}\n\n"));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  try {
    await assert.rejects(chat(draft(), { baseUrl: "http://localhost:9" }).result, { code: "internal", message: /report/ });
  } finally {
    globalThis.fetch = fetch;
    breaking = {};
  }
  assert.equal((await inspect(fixture(PHOTO))).format, "jpeg");
});

/** A panic in the middle of an image: its job stays borrowed, which is told to what frees it then. */
const panicOver = (then) => ({
  preparejob_advance() {
    breaking = then;
    throw new Error("panicked at src/decoder.rs:7:3:\nthe last row is missing");
  },
});
const borrowed = {
  __wbg_preparejob_free() {
    throw new Error("attempted to take ownership of Rust value while it was borrowed");
  },
};

test("a panic over an image is said in its words, and the next image and one beside it come out", async () => {
  const entry = join(project.folder, "prepare-entry.js");
  await writeFile(entry, 'export * from "tilewise/prepare";\n');
  const { prepare } = await import(pathToFileURL(entry));
  const goal = { maxSide: 30 };
  const expected = await prepare(fixture(PHOTO), goal);

  breaking = panicOver(borrowed);
  await assert.rejects(prepare(fixture(PHOTO), goal), (error) => {
    assert.deepEqual([error.name, error.code], ["TilewiseError", "internal"]);
    assert.match(error.message, /the last row is missing/);
    assert.match(error.message, /report/);
    assert.ok(error.cause instanceof Error);
    return true;
  });

  breaking = {};
  assert.deepEqual((await prepare(fixture(PHOTO), goal)).facts, expected.facts);

  breaking = panicOver({});
  const outcomes = await Promise.allSettled([prepare(fixture(PHOTO), goal), prepare(fixture(PHOTO), goal)]);
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  const { value } = outcomes.find(({ status }) => status === "fulfilled");
  assert.deepEqual([value.facts, value.steps], [expected.facts, expected.steps]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { example } from "./support/documents.js";
import { python } from "./support/environment.js";
import { fixture, fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject, temporaryFolder } from "./support/project.js";
import { output } from "./support/run.js";
import { deserted, serve } from "./support/server.js";

const JUDGE = fileURLToPath(new URL("support/judge_prepared.py", import.meta.url));

/** 6 megapixels. */
const LARGE = "jpeg/6-megapixels.jpg";

const project = await createProject({ after });
const entry = join(project.folder, "prepare-entry.js");
await writeFile(entry, 'export * from "tilewise/prepare";\nexport * as core from "tilewise";\n');
const { core, prepare, TilewiseError } = await import(pathToFileURL(entry));
await core.default();

const bytes = async (blob) => new Uint8Array(await blob.arrayBuffer());

const refusal = async (source, goal = {}, options) => {
  const error = await prepare(source, goal, options).then(() => assert.fail("it was prepared"), (error) => error);
  assert.ok(error instanceof TilewiseError && error instanceof core.TilewiseError, String(error));
  return error;
};

test("a photograph is turned upright, resized and encoded, and it is said how", async () => {
  const shares = [];
  const { blob, facts, tokens, steps, changed } = await prepare(fixture(PHOTO), { maxSide: 45, format: "jpeg", model: "moonshotai/Kimi-K2.6" }, {
    onProgress: (share) => shares.push(share),
  });
  assert.equal(blob.type, "image/jpeg");
  assert.deepEqual(facts, await core.inspect(blob));
  assert.deepEqual([facts.width, facts.height, facts.orientation], [30, 45, 1]);
  assert.deepEqual(tokens, { published: 2 * 3, processor: 2 * 2 });
  assert.deepEqual(steps, ["rotated 90°", "resized 60×90 → 30×45", "jpeg quality 75"]);
  assert.equal(changed, true);
  assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
  assert.equal(shares.at(-1), 1);
});

test("the example of the documents runs as it is", async () => {
  await copyFile(fixturePath(PHOTO), join(project.folder, "photo.jpg"));
  const printed = await project.runScript(example("prepare"));
  assert.match(printed, /^60×90, \d+ bytes, 12 tokens: rotated 90°, jpeg quality 75\n$/);
  const written = await core.inspect(await readFile(join(project.folder, "smaller.jpg")));
  assert.deepEqual([written.width, written.height, written.orientation], [60, 90, 1]);
});

test("what the app decodes by itself is prepared like anything else", async () => {
  const heic = fixture("heic/alpha.heic");
  const { width, height } = await core.inspect(heic);
  const seen = [];
  const decode = async (source) => {
    seen.push([source.type, source.size]);
    return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(200) };
  };
  const { facts, steps, droppedFrames } = await prepare(heic, { maxSide: 20, format: "png" }, { decode });
  assert.equal(Math.max(facts.width, facts.height), 20);
  assert.equal(steps[0], "heic decoded by the app");
  assert.equal(droppedFrames, 0);
  assert.deepEqual(seen, [["image/heic", heic.length]]);
  // It is asked for nothing that is decoded here.
  await prepare(fixture(PHOTO), { maxSide: 45 }, { decode });
  assert.equal(seen.length, 1);
});

test("a decoder of the app that fails, or gives no pixels, is an error that says so", async () => {
  const heic = fixture("heic/alpha.heic");
  const cause = new Error("no licence");
  const failed = await refusal(heic, { maxSide: 20 }, { decode: () => Promise.reject(cause) });
  assert.deepEqual([failed.code, failed.cause], ["unsupported_format", cause]);
  assert.match(failed.message, /decode did not decode this heic/);
  for (const image of [undefined, null, "pixels", {}, { width: 2, height: 2, data: new Uint8Array(15) }]) {
    const { code, message } = await refusal(heic, { maxSide: 20 }, { decode: async () => image });
    assert.equal(code, "invalid_argument");
    assert.match(message, /options\.decode/);
  }
});

test("tokens are those of the model that is named, and by itself of Baseten's newest", async () => {
  const tokens = async (goal) => (await prepare(fixture(PHOTO), { format: "png", ...goal })).tokens;
  assert.deepEqual(await tokens({}), { published: null, processor: 3 * 4 });
  assert.deepEqual(await tokens({ provider: "anthropic" }), { published: 3 * 4, processor: null });
  assert.deepEqual(await tokens({ model: "gpt-5" }), { published: 70 + 140, processor: null });
  // A rule that the model does not have is its own.
  assert.deepEqual(await tokens({ maxTokens: 6, rule: "published" }), { published: null, processor: 2 * 3 });
  assert.equal((await refusal(fixture(PHOTO), { model: "no/model" })).code, "invalid_argument");
});

test("what a model would scale down is scaled down beforehand", async () => {
  const { facts } = await prepare(fixture("jpeg/baseline.jpg"), { fit: "model", format: "png" });
  assert.deepEqual([facts.width, facts.height], [120, 80]);
  assert.equal((await refusal(fixture(PHOTO), { fit: "all" })).code, "invalid_argument");
});

test("a source that meets its goal comes back as it is", async () => {
  const source = new Blob([fixture("jpeg/baseline.jpg")]);
  const { blob, steps, changed } = await prepare(source, { maxSide: 100_000 });
  assert.equal(blob, source);
  assert.deepEqual(steps, []);
  assert.equal(changed, false);
});

test("blobs, buffers, arrays, data: URLs and servers give the same", async (context) => {
  const file = fixture(PHOTO);
  const origin = await serve(context, (request, response) => response.end(file));
  const sources = [
    file,
    file.buffer,
    new Blob([file]),
    `data:image/jpeg;base64,${Buffer.from(file).toString("base64")}`,
    `data:,${[...file].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`,
    origin,
    new URL(origin),
  ];
  const results = await Promise.all(sources.map((source) => prepare(source, { maxSide: 30 })));
  const expected = await bytes(results[0].blob);
  for (const { blob } of results) assert.deepEqual(await bytes(blob), expected);
  assert.equal(file.length, readFileSync(fixturePath(PHOTO)).length, "the caller's array was taken away");
});

describe("what cannot be prepared says why", () => {
  const files = {
    "an AVIF, without a browser": ["avif/1x1.avif", "unsupported_format", /avif/],
    "a video": ["mp4/h264.mp4", "unsupported_format", /mp4/],
    "a JPEG of a kind that is not decoded": ["jpeg/arithmetic.jpg", "unsupported_format", /arithmetic/],
    "four billion pixels": ["png/claims-4-billion-pixels.png", "limit", /memory/],
  };
  for (const [what, [name, code, message]] of Object.entries(files)) {
    test(what, async () => {
      const error = await refusal(fixture(name), { maxSide: 10 });
      assert.equal(error.code, code);
      assert.match(error.message, message);
    });
  }

  test("an image that is cut off", async () => {
    const file = fixture(LARGE);
    for (const share of [0.3, 0.6, 0.99]) {
      const { code } = await refusal(file.subarray(0, file.length * share), { maxSide: 100 });
      assert.equal(code, "truncated");
    }
  });

  test("a goal that cannot be met", async () => {
    const error = await refusal(fixture(PHOTO), { maxBytes: 1 });
    assert.equal(error.code, "limit");
    assert.match(error.message, /1 B/);
  });

  test("arguments that mean nothing", async () => {
    const goals = [undefined, null, 7, { maxSide: 0 }, { maxSide: -1 }, { maxSide: 1.5 }, { maxTokens: "7" },
      { quality: 101 }, { format: "gif" }, { rule: "own" }, { model: "none/such" }, { maxBytes: 10n }];
    for (const goal of goals) {
      const { code, message } = await refusal(fixture(PHOTO), goal === undefined ? 0 : goal);
      assert.equal(code, "invalid_argument", JSON.stringify(String(goal)));
      assert.match(message, /^(goal|maxSide|quality|model)/);
    }
    for (const source of [undefined, 7, {}, "photo.jpg", "data:image/jpeg;base64", "data:;base64,%"]) {
      const { code, message } = await refusal(source);
      assert.equal(code, "invalid_argument");
      assert.match(message, /^source: /);
    }
  });

  test("servers that do not have it, or do not answer", async (context) => {
    const origin = await serve(context, (request, response) => {
      response.statusCode = 404;
      response.end("nothing here");
    });
    const { code, status } = await refusal(origin);
    assert.deepEqual({ code, status }, { code: "http", status: 404 });
    assert.equal((await refusal(await deserted())).code, "network");
  });
});

test("an abort is heard before, between the steps, and while a server is slow", async (context) => {
  const { code } = await refusal(fixture(PHOTO), {}, { signal: AbortSignal.abort() });
  assert.equal(code, "aborted");

  const controller = new AbortController();
  const shares = [];
  const onProgress = (share) => {
    shares.push(share);
    controller.abort();
  };
  const aborted = await refusal(fixture(LARGE), { maxSide: 100 }, { signal: controller.signal, onProgress });
  assert.equal(aborted.code, "aborted");
  // Nothing goes on behind it.
  await prepare(fixture(PHOTO), { maxSide: 10 });
  assert.equal(shares.length, 1);

  const waiting = new AbortController();
  const silent = await serve(context, () => waiting.abort());
  const slow = await refusal(silent, {}, { signal: waiting.signal });
  assert.equal(slow.code, "aborted");
});

/** Few bits, but the same in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("500 goals over the fixtures are met, and Pillow sees what was promised", async (context) => {
  const folder = await temporaryFolder(context);
  const below = random(2026);
  const names = Object.keys(JSON.parse(readFileSync(fixturePath("truth.json"), "utf8"))).filter((name) =>
    /^(png|jpeg|gif|webp|bmp|tiff)\//.test(name),
  );
  const list = [];
  const codes = new Map();
  for (let index = 0; index < 500; index += 1) {
    const name = names[below(names.length)];
    const maybe = (value) => (below(2) ? value : undefined);
    const goal = {
      model: "moonshotai/Kimi-K2.6",
      maxBytes: maybe(700 + below(20_000)),
      maxTokens: maybe(1 + below(60)),
      rule: ["published", "processor"][below(2)],
      maxSide: maybe(8 + below(120)),
      format: ["auto", "jpeg", "png", "webp"][below(4)],
    };
    const what = `${name} ${JSON.stringify(goal)}`;
    const source = await core.inspect(fixture(name));
    const prepared = await prepare(fixture(name), goal).catch((error) => {
      codes.set(name, error.code);
      assert.match(error.code, /^(unsupported_format|malformed|limit)$/, what);
    });
    if (!prepared) continue;
    const { blob, facts, tokens, changed } = prepared;
    assert.equal(facts.orientation, 1, what);
    assert.ok(facts.width <= source.displayWidth && facts.height <= source.displayHeight, what);
    assert.ok(blob.size <= (goal.maxBytes ?? Infinity), what);
    assert.ok(Math.max(facts.width, facts.height) <= (goal.maxSide ?? Infinity), what);
    const media = [{ facts, via: "base64", data: blob }];
    const [estimated] = core.estimate({ model: "moonshotai/Kimi-K2.6", text: "", media }).media;
    assert.deepEqual(tokens, estimated.tokens, what);
    assert.ok(tokens[goal.rule] <= (goal.maxTokens ?? Infinity), what);
    if (!changed) continue;
    const { width, height, format } = facts;
    const path = join(folder, `${index}.${format}`);
    await writeFile(path, await bytes(blob));
    const compare = !goal.maxBytes && source.hasAlpha === false && source.animated !== true;
    list.push({ source: fixturePath(name), goal, output: path, width, height, format, compare });
  }
  // A tenth of the fixtures are kinds that no decoder takes.
  assert.ok(codes.size < 40, JSON.stringify([...codes]));
  await writeFile(join(folder, "list.json"), JSON.stringify(list));
  const [compared, ...complaints] = (await output(python, [JUDGE, join(folder, "list.json")])).trim().split("\n").reverse();
  assert.deepEqual(complaints, []);
  context.diagnostic(`${list.length} of 500 were changed, ${compared}`);
  assert.ok(Number.parseInt(compared) > 60, compared);
});

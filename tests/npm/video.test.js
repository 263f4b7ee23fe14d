import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { example } from "./support/documents.js";
import { baseUrl } from "./support/environment.js";
import { draft, fixture, fixturePath } from "./support/fixtures.js";
import { createProject, temporaryFolder } from "./support/project.js";
import { noting, withoutRanges, withRanges } from "./support/remote.js";
import { serve } from "./support/server.js";
import { writeSparse } from "./support/sparse.js";

const CLIP = "mp4/h264-aac.mp4";
/** Without the bytes that are read, which depend on the way. */
const CLIP_FACTS = {
  kind: "video",
  format: "mp4",
  mime: "video/mp4",
  bytes: fixture(CLIP).length,
  width: 64,
  height: 48,
  displayWidth: 64,
  displayHeight: 48,
  rotation: 0,
  durationMs: 480,
  frameRate: 25,
  frameCount: 12,
  framesDerived: false,
  codec: "h264",
  hasAudio: true,
};

const project = await createProject({ after });
const { chat, estimate, inspect, requestBody } = await project.load();

test("the example of the documents runs as it is", async () => {
  await copyFile(fixturePath(CLIP), join(project.folder, "clip.mp4"));
  const printed = await project.runScript(example("video"));
  assert.match(printed, /^h264, 480 ms, 12 frames; \d+ bytes read$/m);
  assert.match(printed, /^frames: 1, tokens: 12, dollars: 0\.0000114$/m);
  assert.match(printed, /^at a frame in two seconds: 12 tokens$/m);
});

describe("the same facts of a video come from", () => {
  const bytes = fixture(CLIP);
  const sources = {
    "a Blob": () => new Blob([bytes]),
    "a Uint8Array": () => bytes,
    "a data: URL": () => `data:;base64,${Buffer.from(bytes).toString("base64")}`,
    "a server that honours Range": (context) => serve(context, withRanges(bytes)),
    "a server that ignores Range": (context) => serve(context, withoutRanges(bytes)),
  };
  for (const [name, source] of Object.entries(sources)) {
    test(name, async (context) => {
      const { bytesRead, ...facts } = await inspect(await source(context));
      assert.deepEqual(facts, CLIP_FACTS);
      assert.ok(bytesRead <= bytes.length);
    });
  }
});

// Larger ones are tried in Chromium: of a file of over 4 GiB, Node 20 gets the size wrong.
test("of a video of 3 hours and 249 MB, less than 64 KB are read", async (context) => {
  const path = join(await temporaryFolder(context), "video.mov");
  await writeSparse("three-hours-30-fps.mov", path);
  const facts = await inspect(await openAsBlob(path));
  assert.ok(facts.bytesRead < 64 * 1024, `${facts.bytesRead} bytes read`);
  assert.deepEqual([facts.frameCount, facts.durationMs], [3 * 3600 * 30, 3 * 3600 * 1000]);
});

test("the index behind the frames of a remote video is read by itself", async (context) => {
  const bytes = fixture("mp4/index-behind-60-kb.mp4");
  const server = noting(withRanges(bytes));
  const { bytesRead, frameCount } = await inspect(await serve(context, server));
  assert.equal(frameCount, 12);
  assert.ok(bytesRead < 8 * 1024, `${bytesRead} bytes read`);
});

test("a video in the request is counted by the endpoint as by the processor's rule", async () => {
  const data = fixture(CLIP);
  const facts = await inspect(data);
  const asked = draft({ media: [{ facts, via: "base64", data }] });
  const body = await requestBody(asked);
  const [, part] = body.messages.at(-1).content;
  assert.equal(part.type, "video_url");
  assert.equal(part.video_url.url, `data:video/mp4;base64,${Buffer.from(data).toString("base64")}`);

  const { usage } = await chat(asked, { baseUrl }).result;
  assert.equal(usage.inputTokens, estimate(asked, { rule: "processor" }).inputTokens);
});

test("a video in the data: URL of a history counts once its reader is loaded, and a note says how to load it", async () => {
  const url = `data:video/mp4;base64,${Buffer.from(fixture(CLIP)).toString("base64")}`;
  const history = [{ role: "user", content: [{ type: "video_url", video_url: { url } }] }];
  // A program of its own, in which nothing has loaded the reader.
  const printed = await project.runScript(`
    import init, { estimate, preload } from "tilewise";
    await init();
    const draft = { model: "moonshotai/Kimi-K2.6", text: "And now?", media: [], history: ${JSON.stringify(history)} };
    const count = () => {
      const { earlierMediaTokens, notes } = estimate(draft);
      return [earlierMediaTokens, notes.some((note) => note.includes("preload"))];
    };
    const before = count();
    await preload(["formats"]);
    console.log(JSON.stringify([before, count()]));
  `);
  const [before, [tokens, isNoted]] = JSON.parse(printed);
  assert.deepEqual(before, [0, true]);
  assert.ok(tokens > 0);
  assert.equal(isNoted, false);
});

test("preload refuses a part that is not there", async () => {
  const { preload } = await project.load();
  await preload(["formats", "network"]);
  await assert.rejects(preload("formats"), { code: "invalid_argument", message: /^parts: .*array/ });
  await assert.rejects(preload(["codecs"]), { code: "invalid_argument", message: /^parts: .*formats/ });
});

test("a container that the model does not take is refused by name", async () => {
  const facts = await inspect(fixture("mkv/h264.mkv"));
  const media = [{ facts, via: "url", url: "https://example.org/video.mkv" }];
  const [violation] = estimate(draft({ media })).violations.filter(({ severity }) => severity === "error");
  assert.equal(violation.code, "unsupported_format");
  assert.match(violation.message, /mkv/);
});

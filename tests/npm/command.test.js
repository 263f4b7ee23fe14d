/** The command of the package, as a shell runs it. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { text } from "node:stream/consumers";
import { fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { readmeExample } from "./support/readme.js";
import { serve } from "./support/server.js";

const project = await createProject({ after });
const command = join(project.folder, "node_modules/.bin/tilewise");
const folder = join(project.folder, "pictures");

const FILES = {
  "upright.png": "png/rgb.png",
  "turned.jpg": PHOTO,
  "clip.mp4": "mp4/h264.mp4",
  "wrong-name.png": "webp/animated.webp",
  "deep/er/small.gif": "gif/87a.gif",
};

before(async () => {
  await mkdir(join(folder, "deep/er"), { recursive: true });
  for (const [name, fixture] of Object.entries(FILES)) await copyFile(fixturePath(fixture), join(folder, name));
  await writeFile(join(folder, "notes.txt"), "Not a picture.\n");
  await writeFile(join(folder, "broken.jpg"), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
});

/** Runs it in the folder of pictures, as a pipe sees it. */
function tilewise(args, { input = "", env = {} } = {}) {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd: folder, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr });
    });
    child.stdin.end(input);
  });
}

const json = async (args, options) => JSON.parse((await tilewise(["--json", ...args], options)).stdout);

test("a table fits a terminal of 80 columns, and warnings leave the status at 0", async () => {
  const { status, stdout } = await tilewise(["upright.png", "turned.jpg", "clip.mp4", "--model", "moonshotai/Kimi-K2.6", "--text", "What is this?"]);
  assert.equal(status, 0);
  const [table, remarks, notes] = stdout.split("\n\n").slice(1);
  assert.equal(
    table,
    [
      "FILE         TYPE  PIXELS    SIZE  TILES  TOKENS      COST",
      "upright.png  png    64×48   200 B    4×3      12  <$0.0001",
      "turned.jpg   jpeg   90×60  1.1 KB    6×4      24  <$0.0001",
      "clip.mp4     mp4    64×48  2.5 KB    4×3      12  <$0.0001",
      "request                    5.4 KB             60   $0.0001",
    ].join("\n"),
  );
  assert.match(remarks, /^warning {2}turned\.jpg: .*orientation 6.*upright/);
  assert.match(notes, /^note {5}/);
  assert.ok(table.split("\n").every((line) => line.length <= 80));
  assert.doesNotMatch(stdout, /\u001b/, "no colour in a pipe");
});

test("the README's example runs", async () => {
  const [, ...args] = readmeExample("On the command line", "sh").trim().replace("npx ", "").split(" ");
  await copyFile(fixturePath(PHOTO), join(folder, "photo.jpg"));
  assert.deepEqual(args.slice(0, 2), ["photo.jpg", "clip.mp4"]);
  const { status, stdout } = await tilewise(args);
  assert.equal(status, 0);
  assert.match(stdout, /photo\.jpg .* 24 /);
});

test("JSON holds facts and the estimate of the one request", async () => {
  const { model, requests, failures } = await json(["upright.png", "clip.mp4", "--rule", "processor", "--max-tokens", "100"]);
  assert.equal(model, "moonshotai/Kimi-K2.6");
  assert.deepEqual(failures, []);
  const [{ files, estimate }, ...others] = requests;
  assert.deepEqual(others, []);
  assert.deepEqual(files.map(({ name, facts }) => [name, facts.format]), [["upright.png", "png"], ["clip.mp4", "mp4"]]);
  assert.equal(estimate.rule, "processor");
  assert.equal(estimate.media.length, 2);
  assert.ok(estimate.cost.maxOutputUsd > 0);
});

test("with --each every file is a request, and a model's limits are held against each", async () => {
  const many = Array.from({ length: 101 }, () => "upright.png");
  const together = await tilewise(many);
  assert.equal(together.status, 1);
  assert.match(together.stdout, /^error {4}request: 101 images/m);
  const { requests } = await json([...many, "--each"]);
  assert.equal(requests.length, 101);
  assert.deepEqual(requests.flatMap(({ estimate }) => estimate.violations), []);
});

describe("a file that cannot be judged is an error, and the others are judged", () => {
  for (const [name, code] of Object.entries({ "missing.jpg": "ENOENT", "notes.txt": "unsupported_format", "broken.jpg": "truncated", deep: "EISDIR" })) {
    test(name, async () => {
      const { status, stdout } = await tilewise(["--json", name, "upright.png"]);
      assert.equal(status, 1);
      const { requests, failures } = JSON.parse(stdout);
      assert.deepEqual(failures.map((failure) => [failure.name, failure.code]), [[name, code]]);
      assert.deepEqual(requests[0].files.map((file) => file.name), ["upright.png"]);
      assert.match((await tilewise([name])).stdout, new RegExp(`^error {4}${name}: .`, "m"));
    });
  }
});

test("the bytes decide, not the name", async () => {
  const { requests } = await json(["wrong-name.png"]);
  assert.equal(requests[0].files[0].facts.format, "webp");
  assert.deepEqual(requests[0].estimate.violations.map(({ code }) => code), ["animated"]);
});

test("a warning counts with --strict", async () => {
  assert.equal((await tilewise(["turned.jpg"])).status, 0);
  assert.equal((await tilewise(["turned.jpg", "--strict"])).status, 1);
});

test("patterns are expanded where the shell did not, and a file of that very name goes before", async () => {
  const named = async (...args) => (await json(args)).requests.flatMap(({ files }) => files.map(({ name }) => name));
  assert.deepEqual(await named("*.{png,mp4}"), ["clip.mp4", "upright.png", "wrong-name.png"]);
  assert.deepEqual(await named("**/*.gif"), ["deep/er/small.gif"]);
  await copyFile(fixturePath("png/rgb.png"), join(folder, "[a].png"));
  assert.deepEqual(await named("[a].png"), ["[a].png"]);
  const { failures } = await json(["*.tif"]);
  assert.deepEqual(failures.map(({ name }) => name), ["*.tif"]);
});

test("names come from standard input, in lines or between NULs", async () => {
  const names = ({ requests }) => requests[0].files.map(({ name }) => name);
  assert.deepEqual(names(await json(["-"], { input: "upright.png\r\nturned.jpg\n" })), ["upright.png", "turned.jpg"]);
  assert.deepEqual(names(await json(["-", "--null", "clip.mp4"], { input: "upright.png\0turned.jpg\0" })), ["clip.mp4", "upright.png", "turned.jpg"]);
});

test("an address is inspected where it lies, and travels by URL", async (context) => {
  const origin = await serve(context, (request, response) => response.writeHead(404).end());
  const { failures } = await json([`${origin}/photo.jpg`]);
  assert.deepEqual(failures.map(({ code }) => code), ["http"]);
});

describe("wrong use has status 2 and says what is wrong", () => {
  const uses = {
    "no file": [[], /name a file/],
    "an unknown option": [["--frobnicate", "upright.png"], /frobnicate/],
    "a rule that is none": [["--rule", "mine", "upright.png"], /--rule must be one of published, processor/],
    "a number that is none": [["--max-tokens", "many", "upright.png"], /--max-tokens must be a number/],
    "a share above 1": [["--cached-share", "2", "upright.png"], /between 0 and 1/],
  };
  for (const [name, [args, message]] of Object.entries(uses)) {
    test(name, async () => {
      const { status, stdout, stderr } = await tilewise(args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }
});

test("help and version", async () => {
  assert.match((await tilewise(["--help"])).stdout, /Usage: tilewise .*Exit status/s);
  assert.match((await tilewise(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test("a reader that has seen enough ends it quietly", async () => {
  const child = spawn(command, Array.from({ length: 3000 }, () => "upright.png").concat("--json"), { cwd: folder });
  const errors = text(child.stderr);
  child.stdout.once("data", () => child.stdout.destroy());
  await once(child, "close");
  assert.equal(await errors, "");
});

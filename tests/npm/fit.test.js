/** `tilewise fit`: many images made to fit, each into a file of its own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, copyFile, link, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { commandOf, killAfter, records, runner } from "./support/command.js";
import { fixture, fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";

const project = await createProject({ after });
const command = commandOf(project);
const folder = join(project.folder, "photos");
const out = join(project.folder, "fitted");
const tilewise = runner(command, project.folder);
const { default: init, inspect } = await project.load();
await init();

const FILES = {
  "a/turned.jpg": PHOTO,
  "a/big.jpg": "jpeg/6-megapixels.jpg",
  "b/alpha.png": "png/rgba.png",
  "b/deep/scan.bmp": "bmp/header-40-24-bit.bmp",
  "b/deep/scan.jpg": "jpeg/baseline.jpg",
};

before(async () => {
  for (const [name, fixture] of Object.entries(FILES)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await copyFile(fixturePath(fixture), join(folder, name));
  }
});

beforeEach(() => rm(out, { recursive: true, force: true }));

/** All files below, hidden ones too, each with a hash of its bytes. */
async function contents(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const hash = async (path) => createHash("sha256").update(await readFile(path)).digest("hex");
  return Object.fromEntries(await Promise.all(files.toSorted().map(async (path) => [relative(root, path), await hash(path)])));
}

const namesIn = async (root) => Object.keys(await contents(root));

/** A BMP has its new ending behind its own, so that it and the JPEG beside it stay two. */
const expected = (names) => names.map((name) => (name.endsWith(".bmp") ? new RegExp(`^${name.replaceAll(".", "\\.")}\\.(jpg|png)$`) : name));

function assertNames(found, names) {
  assert.equal(found.length, names.length, found.join(" "));
  for (const [index, name] of expected(names).entries()) {
    if (typeof name === "string") assert.equal(found[index], name);
    else assert.match(found[index], name);
  }
}

describe("every image of a folder", () => {
  test("fits, keeps its name and loses its metadata, and the originals stay as they are", async () => {
    const originals = await contents(folder);
    const { status, stdout } = await tilewise(["fit", "photos", "--out", "fitted", "--max-tokens", "200", "--ndjson"]);
    assert.equal(status, 0, stdout);
    assert.deepEqual(await contents(folder), originals);
    assertNames(await namesIn(out), Object.keys(FILES).toSorted());
    for (const { out: path, width, height, tokens, bytes, done } of records(stdout)) {
      const file = new Uint8Array(await readFile(join(project.folder, path)));
      const facts = await inspect(file);
      assert.deepEqual([facts.width, facts.height, facts.orientation, file.length], [width, height, 1, bytes.after]);
      assert.ok(tokens.processor <= 200);
      assert.ok(["fitted", "copied"].includes(done));
      assert.equal(Buffer.from(file).includes("Exif\0"), false);
    }
    const big = records(stdout).find(({ name }) => name.endsWith("big.jpg"));
    assert.ok(big.tokens.processor > 150 && big.bytes.after < big.bytes.before, JSON.stringify(big));
  });

  test("is found by a folder, a pattern, a name and a list", async () => {
    const cases = [
      [["photos/"], Object.keys(FILES)],
      [["photos/**/*.jpg"], ["a/big.jpg", "a/turned.jpg", "b/deep/scan.jpg"]],
      [["photos/a/turned.jpg"], ["turned.jpg"]],
      [["-"], ["photos/a/turned.jpg", "photos/b/alpha.png"], "photos/a/turned.jpg\n./photos/a/../b/alpha.png\n"],
    ];
    for (const [args, names, input] of cases) {
      await rm(out, { recursive: true, force: true });
      const { status, stdout } = await tilewise(["fit", ...args, "--out", "fitted", "--max-side", "40"], { input });
      assert.equal(status, 0, stdout);
      // Nothing leads out of the folder of results.
      const found = input ? ["photos/a/b/alpha.png", "photos/a/turned.jpg"] : names.toSorted();
      assertNames(await namesIn(out), found);
    }
  });

  test("is the same from one thread and from three", async () => {
    await tilewise(["fit", "photos", "--out", "fitted", "--max-side", "500", "--jobs", "1"]);
    const one = await contents(out);
    await rm(out, { recursive: true });
    await tilewise(["fit", "photos", "--out", "fitted", "--max-side", "500", "--jobs", "3"]);
    assert.deepEqual(await contents(out), one);
  });

  test("is counted for a person", async () => {
    const { stdout } = await tilewise(["fit", "photos/a", "--out", "fitted", "--max-side", "50"]);
    assert.match(stdout, /^2 made to fit; [\d.]+ KB became [\d.]+ K?B\n$/);
    assert.match((await tilewise(["fit", "photos/a", "--out", "fitted", "--max-side", "50"])).stdout, /^0 made to fit, 2 were there already\n$/);
  });

  test("is read once where the results lie among them", async () => {
    const inside = join(folder, "fitted");
    for (const _ of [1, 2]) {
      const { stdout } = await tilewise(["fit", "photos", "--out", "photos/fitted", "--max-side", "50", "--ndjson"]);
      assert.equal(records(stdout).length, Object.keys(FILES).length);
    }
    await rm(inside, { recursive: true });
  });
});

describe("what is there", () => {
  test("is kept without --force, and replaced with it", async () => {
    await mkdir(join(out, "a"), { recursive: true });
    await writeFile(join(out, "a/turned.jpg"), "mine");
    const args = ["fit", "photos", "--out", "fitted", "--max-side", "50", "--ndjson"];
    const { status, stdout } = await tilewise(args);
    assert.equal(status, 0);
    assert.equal(await readFile(join(out, "a/turned.jpg"), "utf8"), "mine");
    assert.deepEqual(records(stdout).filter(({ done }) => done === "kept").map(({ name }) => name), ["photos/a/turned.jpg"]);
    await tilewise([...args, "--force"]);
    assert.equal((await inspect(new Uint8Array(await readFile(join(out, "a/turned.jpg"))))).height, 50);
  });

  test("and is an original is never replaced, by whatever link it is reached", { skip: process.platform === "win32" }, async () => {
    const originals = await contents(folder);
    await mkdir(out);
    await link(join(folder, "a/turned.jpg"), join(out, "turned.jpg"));
    await symlink(folder, join(out, "linked"));
    for (const [args, name] of [
      [["photos/a/turned.jpg", "--out", "photos/a"], "photos/a/turned.jpg"],
      [["photos/a/turned.jpg", "--out", "fitted"], "photos/a/turned.jpg"],
      [["photos", "--out", "fitted/linked"], "photos/a/big.jpg"],
    ]) {
      for (const force of [[], ["--force"]]) {
        const { status, stdout } = await tilewise(["fit", ...args, ...force, "--max-side", "50", "--ndjson"]);
        // A folder that is its own result has no files to read.
        if (args[0] === "photos") assert.equal(status, 2);
        else assert.deepEqual([status, records(stdout)[0].name, records(stdout)[0].error.code], [1, name, "original"]);
        assert.deepEqual(await contents(folder), originals);
      }
    }
  });

  test("of a run that was killed is whole, and the next run goes on", async () => {
    const many = join(project.folder, "many");
    await mkdir(many);
    for (let index = 0; index < 60; index++) await copyFile(fixturePath("jpeg/baseline.jpg"), join(many, `${index}.jpg`));
    const args = ["fit", "many", "--out", "fitted", "--max-side", "60"];
    const count = async () => (await readdir(out)).length;
    let kills = 0;
    await mkdir(out);
    const output = { folder: out, size: count };
    for (const files of [5, 25, 45]) {
      if ((await killAfter(files, command, args, { cwd: project.folder, input: "", output })) === "SIGKILL") kills += 1;
      for (const name of await readdir(out)) {
        if (!name.startsWith(".")) assert.equal((await inspect(new Uint8Array(await readFile(join(out, name))))).format, "jpeg");
      }
    }
    assert.ok(kills > 0);
    assert.equal((await tilewise(args)).status, 0);
    const found = await contents(out);
    assert.equal(Object.keys(found).length, 60, "and no part of a file is left");
    assert.equal(new Set(Object.values(found)).size, 1);
    await rm(many, { recursive: true });
  });
});

describe("what cannot be done is said in a line, and the rest is done", () => {
  test("of files that are no such images", async () => {
    await writeFile(join(project.folder, "notes.txt"), "Not an image, and long enough to tell.");
    await copyFile(fixturePath("mp4/h264.mp4"), join(project.folder, "clip.mp4"));
    await writeFile(join(project.folder, "cut.jpg"), fixture("jpeg/6-megapixels.jpg").subarray(0, 9000));
    const names = ["notes.txt", "clip.mp4", "cut.jpg", "none.jpg", "https://example.com/a.jpg", "no/*.png", "photos/a/turned.jpg"];
    const { status, stdout } = await tilewise(["fit", ...names, "--out", "fitted", "--max-side", "50", "--ndjson"]);
    assert.equal(status, 1);
    assert.deepEqual(records(stdout).map(({ error }) => error?.code), ["unsupported_format", "unsupported_format", "truncated", "ENOENT", "invalid_argument", "ENOENT", undefined]);
    assert.deepEqual(await namesIn(out), ["turned.jpg"]);
    const shown = await tilewise(["fit", ...names, "--out", "fitted", "--max-side", "50"]);
    assert.match(shown.stdout, /^error {4}notes\.txt: .*\n(?:error .*\n){5}0 made to fit, 1 were there already, 6 failed\n$/);
  });

  test("of a goal that no image meets", async () => {
    const { status, stdout } = await tilewise(["fit", "photos/a/turned.jpg", "--out", "fitted", "--max-bytes", "10", "--ndjson"]);
    assert.deepEqual([status, records(stdout)[0].error.code], [1, "limit"]);
    assert.deepEqual(await namesIn(out), []);
  });

  test("of folders without permission", { skip: process.platform === "win32" }, async () => {
    const uid = process.getuid() === 0 ? 65534 : undefined;
    await chmod(project.folder, 0o755);
    await mkdir(join(folder, "closed"));
    await mkdir(out);
    await mkdir(join(out, "b"));
    await chmod(out, 0o777);
    await chmod(join(out, "b"), 0o555);
    await chmod(join(folder, "closed"), 0);
    const { status, stdout } = await tilewise(["fit", "photos", "--out", "fitted", "--max-side", "50", "--ndjson"], { uid });
    await chmod(join(folder, "closed"), 0o700);
    await rm(join(folder, "closed"), { recursive: true });
    await chmod(join(out, "b"), 0o755);
    assert.equal(status, 1);
    const codes = records(stdout).map(({ name, error }) => [name, error?.code]);
    assert.deepEqual(codes, [
      ["photos/a/big.jpg", undefined],
      ["photos/a/turned.jpg", undefined],
      ["photos/b/alpha.png", "EACCES"],
      ["photos/b/deep/scan.bmp", "EACCES"],
      ["photos/b/deep/scan.jpg", "EACCES"],
      ["photos/closed", "EACCES"],
    ]);
  });

  /** A disk of 32 KB, where the system lets one have it. */
  const small = (script) => ["--user", "--map-root-user", "--mount", "/bin/sh", "-c", `mount -t tmpfs -o size=32k none "$1" && shift && ${script}`, "sh"];
  const hasSmallDisk = process.platform === "linux" && spawnSync("unshare", [...small("true"), "/mnt"]).status === 0;

  test("of a disk that is full", { skip: !hasSmallDisk && "this system lets no one mount a small disk" }, async () => {
    await mkdir(out);
    const args = [command, "fit", "photos/a/big.jpg", "photos/a/turned.jpg", "--out", "fitted", "--quality", "100", "--ndjson"];
    const { status, stdout } = await runner("unshare", project.folder)([...small('"$@"; status=$?; ls -A fitted; exit $status'), out, ...args]);
    assert.equal(status, 1);
    const [big, turned, ...listed] = stdout.trim().split("\n");
    assert.equal(JSON.parse(big).error.code, "ENOSPC");
    assert.equal(JSON.parse(turned).done, "fitted");
    assert.deepEqual(listed, ["turned.jpg"], "no part of a file is left");
  });

  test("of a file that may not grow so large", { skip: process.platform === "win32" }, async () => {
    const args = ["fit", "photos/a/big.jpg", "photos/a/turned.jpg", "--out", "fitted", "--quality", "100", "--ndjson"];
    const { status, stdout } = await runner("/bin/sh", project.folder)(["-c", 'ulimit -f 64; exec "$@"', "sh", command, ...args]);
    assert.equal(status, 1);
    assert.deepEqual(records(stdout).map(({ error }) => error?.code), ["EFBIG", undefined]);
    assert.deepEqual(await namesIn(out), ["turned.jpg"]);
  });
});

test("a name that is no UTF-8 is kept", { skip: process.platform !== "linux" }, async () => {
  const raw = Buffer.from("caf\u00e9.jpg", "latin1");
  const at = (root) => Buffer.concat([Buffer.from(`${root}/`), raw]);
  await copyFile(fixturePath(PHOTO), at(folder));
  const { status, stdout } = await tilewise(["fit", "photos", "--out", "fitted", "--max-side", "50", "--ndjson"]);
  await rm(at(folder));
  assert.equal(status, 0);
  assert.ok(records(stdout).some(({ nameBase64 }) => nameBase64 && Buffer.from(nameBase64, "base64").equals(Buffer.concat([Buffer.from("photos/"), raw]))));
  assert.equal((await inspect(new Uint8Array(await readFile(at(out))))).height, 50);
});

describe("wrong use has status 2 and says what is wrong", () => {
  const uses = {
    "no folder of results": [["photos"], /--out FOLDER/],
    "no file": [["--out", "fitted"], /name a file or a folder/],
    "an empty list": [["-", "--out", "fitted"], /nothing to fit/],
    "a limit that is none": [["photos", "--out", "fitted", "--max-tokens", "0"], /--max-tokens must be a whole number/],
    "a quality above all": [["photos", "--out", "fitted", "--quality", "101"], /--quality must be/],
    "a format that is none": [["photos", "--out", "fitted", "--format", "gif"], /--format must be one of auto, jpeg, png, webp/],
    "a provider that is none": [["photos", "--out", "fitted", "--provider", "nowhere"], /there is no provider "nowhere"/],
    "a folder that is a file": [["photos", "--out", "package.json"], /cannot be made/],
    "an unknown option": [["photos", "--out", "fitted", "--frobnicate"], /frobnicate/],
  };
  for (const [name, [args, message]] of Object.entries(uses)) {
    test(name, async () => {
      const { status, stdout, stderr } = await tilewise(["fit", ...args]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }

  test("help", async () => {
    assert.match((await tilewise(["fit", "--help"])).stdout, /Usage: tilewise fit .*Exit status/s);
  });
});

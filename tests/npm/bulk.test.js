/** The command on any number of files: lines, sums, and runs that go on behind others. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { commandOf, killAfter, lines, records, rows, runner } from "./support/command.js";
import { python } from "./support/environment.js";
import { fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { output } from "./support/run.js";

const project = await createProject({ after });
const command = commandOf(project);
const folder = join(project.folder, "archive");
const tilewise = runner(command, folder);
const TERMINAL = fileURLToPath(new URL("support/terminal.py", import.meta.url));

const FILES = {
  "a/turned.jpg": PHOTO,
  "a/upright.png": "png/rgb.png",
  "b/clip.mp4": "mp4/h264.mp4",
  "b/deep/small.gif": "gif/87a.gif",
  "z.webp": "webp/animated.webp",
};
const NAMES = Object.keys(FILES);

before(async () => {
  await mkdir(join(folder, "b/deep"), { recursive: true });
  await mkdir(join(folder, "a"));
  for (const [name, fixture] of Object.entries(FILES)) await copyFile(fixturePath(fixture), join(folder, name));
});

/** So many names, which take turns. */
const listed = (count, names = NAMES) => `${Array.from({ length: count }, (_, index) => names[index % names.length]).join("\n")}\n`;

/** A disk of 200 KB at the second argument of a script. */
const onSmallDisk = (script) => ["--user", "--map-root-user", "--mount", "/bin/sh", "-c", `mount -t tmpfs -o size=200k none "$1" && { ${script}; }`];
const hasSmallDisk = process.platform === "linux" && spawnSync("unshare", [...onSmallDisk("true"), "x", "/mnt"]).status === 0;

describe("lines", () => {
  test("say of each file what --json --each says, in the order of input", async () => {
    const args = ["--model", "moonshotai/Kimi-K2.6", "--text", "What is this?", "--max-tokens", "100"];
    const names = ["z.webp", ...NAMES];
    const { status, stdout } = await tilewise(["--ndjson", ...names, ...args]);
    assert.equal(status, 0);
    const { requests } = JSON.parse((await tilewise(["--json", "--each", ...names, ...args])).stdout);
    const expected = requests.map(({ files: [{ name, facts }], estimate }) => ({
      name,
      model: estimate.model,
      facts,
      tokens: estimate.media[0].tokens[estimate.rule],
      inputTokens: estimate.inputTokens,
      usd: estimate.cost.inputUsd,
      maxOutputUsd: estimate.cost.maxOutputUsd,
      violations: estimate.violations.map(({ code, severity, message }) => ({ code, severity, message })),
    }));
    const withoutReads = ({ facts: { bytesRead: _, ...facts }, ...rest }) => ({ ...rest, facts });
    assert.deepEqual(records(stdout).map(withoutReads), expected.map(withoutReads));
  });

  test("of CSV hold the same figures under a heading", async () => {
    const found = records((await tilewise(["--ndjson", "."])).stdout);
    const table = rows((await tilewise(["--csv", "."])).stdout);
    assert.deepEqual(
      table.map((row) => [row.name, row.format, Number(row.width), Number(row.input_tokens), Number(row.usd), row.warnings]),
      found.map(({ name, facts, inputTokens, usd, violations }) => [name, facts.format, facts.width, inputTokens, usd, violations.map(({ code }) => code).join(" ")]),
    );
    assert.equal(table.find(({ name }) => name === "b/clip.mp4").frames, "12");
  });

  test("have columns for other models with --compare", async () => {
    const { requests } = JSON.parse((await tilewise(["--json", "--each", "--compare", "openai,anthropic", ...NAMES])).stdout);
    const found = records((await tilewise(["--ndjson", "--compare", "openai,anthropic", ...NAMES])).stdout);
    const table = rows((await tilewise(["--csv", "--compare", "openai,anthropic", ...NAMES])).stdout);
    for (const [index, { compared }] of requests.entries()) {
      assert.ok(compared.length > 10);
      for (const { model, estimate, errors } of compared) {
        const id = `${model.provider}/${model.id}`;
        const { tokens, usd, refused } = found[index].compared[id];
        assert.equal(refused, errors[0]?.code ?? null);
        if (tokens !== null) assert.deepEqual([tokens, usd], [estimate.inputTokens, estimate.cost.inputUsd]);
        assert.deepEqual([table[index][`${id} usd`], table[index][`${id} refused`]], [`${usd ?? ""}`, refused ?? ""]);
      }
    }
  });

  test("tell files apart that differ in nothing but their bytes, where a limit lies between them", async () => {
    const model = ["--model", "moonshotai/Kimi-K2.6"];
    const sizes = [0, 8, 35, 60, 0, 110].map((megabytes, index) => [`sized-${index}.png`, megabytes * 1_000_000]);
    for (const [name, size] of sizes) {
      await copyFile(fixturePath("png/rgb.png"), join(folder, name));
      if (size > 0) await truncate(join(folder, name), size);
    }
    const names = sizes.map(([name]) => name);
    for (const via of ["base64", "url"]) {
      const found = records((await tilewise(["--ndjson", ...model, "--via", via, ...names])).stdout);
      const { requests } = JSON.parse((await tilewise(["--json", "--each", ...model, "--via", via, ...names])).stdout);
      const codes = requests.map(({ estimate }) => estimate.violations.map(({ code }) => code));
      assert.deepEqual(found.map(({ violations }) => violations.map(({ code }) => code)), codes);
      assert.ok(new Set(codes.map(String)).size > 1, "a limit lies between them");
    }
    for (const name of names) await rm(join(folder, name));
  });

  test("are the same whether one thread makes them or three", async () => {
    const input = listed(2000);
    const one = await tilewise(["--ndjson", "--jobs", "1", "-"], { input });
    const three = await tilewise(["--ndjson", "--jobs", "3", "-"], { input });
    assert.equal(lines(one.stdout).length, 2000);
    assert.equal(three.stdout, one.stdout);
  });

  test("come while the list is still being written", async () => {
    const child = spawn(command, ["--ndjson", "-"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.write("z.webp\n");
    const [first] = await once(child.stdout, "data");
    assert.equal(JSON.parse(first).name, "z.webp");
    child.stdin.end("a/upright.png");
    const [second] = await once(child.stdout, "data");
    assert.equal(JSON.parse(second).name, "a/upright.png");
    await once(child, "close");
  });

  test("of a list of 64 MB are made in a heap of 32", async () => {
    const cli = join(project.packageFolder, "cli.js");
    const child = spawn(process.execPath, ["--max-old-space-size=32", cli, "--csv", "--jobs", "1", "-"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    const COUNT = 64_000;
    const name = `${"x/".repeat(495)}missing`;
    let count = 0;
    child.stdout.on("data", (data) => {
      for (const byte of data) count += byte === 10 ? 1 : 0;
    });
    for (let index = 0; index < COUNT; index++) {
      if (!child.stdin.write(`${name}${index}\n`)) await once(child.stdin, "drain");
    }
    child.stdin.end();
    const [status] = await once(child, "close");
    assert.equal(status, 1);
    assert.equal(count, COUNT + 1);
  });

  test("end with a message where they cannot be written", { skip: process.platform !== "linux" }, async () => {
    const { status, stderr } = await shell(`"${command}" --ndjson a > /dev/full`);
    assert.equal(status, 1);
    assert.match(stderr, /^tilewise: the output cannot be written: .*ENOSPC/m);
  });

  test("end with a message where a disk is full, and go on when it no longer is", { skip: !hasSmallDisk && "this system lets no one mount a small disk" }, async () => {
    const input = listed(3000);
    const small = join(folder, ".small");
    await mkdir(small);
    const script = `"${command}" --ndjson --resume "$1/lines" - < "$0"; echo $?; mount -o remount,size=16m "$1"; "${command}" --ndjson --resume "$1/lines" - < "$0"; cat "$1/lines"`;
    const list = join(folder, ".list");
    await writeFile(list, input);
    const { stdout, stderr } = await runner("unshare", folder)([...onSmallDisk(script), list, small]);
    const [status, ...found] = lines(stdout);
    assert.equal(status, "1");
    assert.match(stderr, /^tilewise: ENOSPC/m);
    assert.equal(`${found.join("\n")}\n`, (await tilewise(["--ndjson", "-"], { input })).stdout);
    await rm(list);
    await rm(small, { recursive: true });
  });
});

const shell = (script) => runner("/bin/sh", folder)(["-c", script]);

describe("what is wrong is said in a line, and the rest is judged", () => {
  test("of files", async () => {
    await writeFile(join(folder, "notes.txt"), "Not an image, and long enough to tell.\n");
    await symlink("nowhere", join(folder, "dead.jpg"));
    const { status, stdout } = await tilewise(["--ndjson", "a/upright.png", "missing.jpg", "notes.txt", "dead.jpg", "z.webp"]);
    await rm(join(folder, "notes.txt"));
    await rm(join(folder, "dead.jpg"));
    assert.equal(status, 1);
    assert.deepEqual(records(stdout).map(({ name, error }) => [name, error?.code]), [
      ["a/upright.png", undefined],
      ["missing.jpg", "ENOENT"],
      ["notes.txt", "unsupported_format"],
      ["dead.jpg", "ENOENT"],
      ["z.webp", undefined],
    ]);
  });

  test("of a folder and a file without permission", { skip: process.platform === "win32" }, async () => {
    // A superuser may read all.
    const uid = process.getuid() === 0 ? 65534 : undefined;
    const closed = join(folder, "closed");
    await mkdir(closed);
    await chmod(project.folder, 0o755);
    await copyFile(fixturePath("png/rgb.png"), join(folder, "secret.png"));
    await chmod(closed, 0);
    await chmod(join(folder, "secret.png"), 0);
    const { status, stdout } = await tilewise(["--ndjson", "."], { uid });
    const table = rows((await tilewise(["--csv", "."], { uid })).stdout);
    await chmod(closed, 0o700);
    await rm(closed, { recursive: true });
    await rm(join(folder, "secret.png"));
    assert.equal(status, 1);
    const found = records(stdout);
    assert.deepEqual(found.flatMap(({ name, error, unlisted }) => (error ? [[name, error.code, unlisted]] : [])), [
      ["closed", "EACCES", true],
      ["secret.png", "EACCES", undefined],
    ]);
    assert.equal(found.length, NAMES.length + 2);
    assert.deepEqual(table.flatMap(({ failure }) => (failure ? [failure] : [])), ["unlisted EACCES", "EACCES"]);
  });

  test("of a file that changes while it is read, which no figure is given of", async () => {
    const growing = join(folder, "growing.jpg");
    await copyFile(fixturePath(PHOTO), growing);
    const script = `const { appendFileSync } = require("node:fs"); process.stdout.write("x"); for (;;) appendFileSync(${JSON.stringify(growing)}, "x");`;
    const writer = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(writer.stdout, "data");
    // Again and again, until one reading meets a writing.
    let codes = new Set();
    for (let attempt = 0; attempt < 50 && !codes.has("changed"); attempt++) {
      const { stdout } = await tilewise(["--ndjson", "-"], { input: listed(300, ["growing.jpg"]) });
      codes = new Set(records(stdout).map(({ error }) => error?.code));
    }
    writer.kill("SIGKILL");
    await once(writer, "close");
    await rm(growing);
    assert.ok(codes.has("changed"));
    codes.delete(undefined);
    assert.deepEqual([...codes], ["changed"]);
  });

  test("with --strict a warning counts", async () => {
    assert.equal((await tilewise(["--ndjson", "a/turned.jpg"])).status, 0);
    assert.equal((await tilewise(["--csv", "--strict", "a/turned.jpg"])).status, 1);
    assert.equal((await tilewise(["--summary", "--strict", "a/turned.jpg"])).status, 1);
  });
});

describe("names", () => {
  const RAW = Buffer.from("caf\u00e9.jpg", "latin1");

  test("that are no UTF-8 are read, and told by their bytes", { skip: process.platform !== "linux" }, async () => {
    const path = Buffer.concat([Buffer.from(`${folder}/`), RAW]);
    await copyFile(fixturePath(PHOTO), path);
    const ofFolder = records((await tilewise(["--ndjson", "."])).stdout);
    const ofList = records((await tilewise(["--ndjson", "-"], { input: Buffer.concat([RAW, Buffer.from("\r\nz.webp\n")]) })).stdout);
    const ofTable = rows((await tilewise(["--csv", "-0", "-"], { input: Buffer.concat([RAW, Buffer.from("\0")]) })).stdout);
    await rm(path);
    for (const found of [ofFolder.find(({ nameBase64 }) => nameBase64), ofList[0]]) {
      assert.deepEqual([found.name, Buffer.from(found.nameBase64, "base64"), found.facts.width], ["caf\ufffd.jpg", RAW, 90]);
    }
    assert.equal(ofList[1].name, "z.webp");
    assert.deepEqual(Buffer.from(ofTable[0].name_base64, "base64"), RAW);
  });

  test("with controls, commas and quotes stay on one line, and are exact", async () => {
    const names = ["a\nb.png", "\u001b[2J\u202e.png", 'x,"y".png'];
    for (const name of names) await copyFile(fixturePath("png/rgb.png"), join(folder, name));
    const input = names.join("\0");
    const found = await tilewise(["--ndjson", "-0", "-"], { input });
    const table = await tilewise(["--csv", "-0", "-"], { input });
    for (const name of names) await rm(join(folder, name));
    assert.deepEqual(records(found.stdout).map(({ name, facts }) => [name, facts.width]), names.map((name) => [name, 64]));
    assert.deepEqual(rows(table.stdout).map(({ name, name_base64 }) => (name_base64 ? `${Buffer.from(name_base64, "base64")}` : name)), names);
    for (const { stdout } of [found, table]) assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});

describe("folders", () => {
  const namesOf = async (...args) => records((await tilewise(["--ndjson", ...args])).stdout).map(({ name }) => name);

  test("are read whole, in an order that does not change, without hidden files", async () => {
    await writeFile(join(folder, ".hidden.png"), "");
    const found = await namesOf(".");
    await rm(join(folder, ".hidden.png"));
    assert.deepEqual(found, NAMES);
    assert.deepEqual(await namesOf("b/"), ["b/clip.mp4", "b/deep/small.gif"]);
    assert.deepEqual((await namesOf(folder)).map((name) => name.slice(folder.length + 1)), NAMES);
  });

  test("that links join in a circle are each read once", { skip: process.platform === "win32" }, async () => {
    await symlink("..", join(folder, "b/deep/up"));
    await symlink("../a", join(folder, "b/other"));
    const found = await namesOf(".");
    await rm(join(folder, "b/deep/up"));
    await rm(join(folder, "b/other"));
    assert.deepEqual(found, NAMES);
  });

  test("are searched by patterns", async () => {
    assert.deepEqual(await namesOf("**/*.{png,gif}"), ["a/upright.png", "b/deep/small.gif"]);
    assert.deepEqual(await namesOf("b/*"), ["b/clip.mp4"]);
    assert.deepEqual(await namesOf("b/**"), ["b/clip.mp4", "b/deep/small.gif"]);
    assert.deepEqual(await namesOf("*/*.jpg", "z*"), ["a/turned.jpg", "z.webp"]);
    assert.deepEqual(await namesOf("nowhere/*.jpg"), ["nowhere/*.jpg"]);
  });
});

describe("--summary", () => {
  test("is the sums of the lines", async () => {
    const names = [...NAMES, "missing.jpg", ...NAMES];
    const found = records((await tilewise(["--ndjson", ...names])).stdout).filter(({ facts }) => facts);
    const { status, stdout } = await tilewise(["--summary", "--json", ...names]);
    assert.equal(status, 1);
    const { total, failures, formats, violations, megapixels, dearest, inputTokens, histogram } = JSON.parse(stdout);
    const sum = (of) => found.reduce((sum, one) => sum + of(one), 0);
    assert.deepEqual([total.files, total.bytes, total.inputTokens], [10, sum(({ facts }) => facts.bytes), sum((one) => one.inputTokens)]);
    assert.equal(Number(total.picoUsd), Math.round(sum(({ usd }) => usd) * 1e12));
    assert.deepEqual(failures, { ENOENT: 1 });
    assert.deepEqual(Object.entries(formats).map(([format, { files }]) => [format, files]).toSorted(), [["gif", 2], ["jpeg", 2], ["mp4", 2], ["png", 2], ["webp", 2]]);
    assert.equal(violations["warning rotated"], 2);
    assert.deepEqual(megapixels.map(({ upTo, files }) => [upTo, files]), [[0.5, 10]]);
    const sorted = found.map((one) => one.inputTokens).toSorted((one, other) => one - other);
    assert.deepEqual([inputTokens.p0, inputTokens.p50, inputTokens.p100], [sorted[0], sorted[4], sorted[9]]);
    assert.equal(histogram.reduce((sum, { count }) => sum + count, 0), 10);
    assert.deepEqual(dearest.map(({ usd }) => usd), found.map(({ usd }) => usd).toSorted((one, other) => other - one));
  });

  test("of threads is that of one", async () => {
    const input = listed(3000);
    const of = async (...args) => JSON.parse((await tilewise(["--summary", "--json", "--compare", "openai", ...args, "-"], { input })).stdout);
    assert.deepEqual(await of("--jobs", "3"), await of("--jobs", "1"));
  });

  test("is a page for people, beside lines on standard error", async () => {
    const alone = await tilewise(["--summary", "--compare", "openai", "."]);
    for (const heading of [/^all files +5 /m, /^FORMAT +FILES +SIZE +TOKENS +COST$/m, /^MEGAPIXELS /m, /^MODEL +TOKENS /m, /^A FILE /m, /^DEAREST /m, /^PROBLEM /m, /█/]) {
      assert.match(alone.stdout, heading);
    }
    const beside = await tilewise(["--summary", "--ndjson", "."]);
    assert.equal(records(beside.stdout).length, 5);
    assert.match(beside.stderr, /^all files +5 /m);
  });
});

describe("--resume", () => {
  const file = () => join(folder, ".lines");
  const whole = async (args, input) => {
    await rm(file(), { force: true });
    const { status, stdout } = await tilewise([...args, "--resume", file(), "-"], { input });
    assert.deepEqual([status, stdout], [0, ""]);
    return readFile(file());
  };

  for (const form of ["--ndjson", "--csv"]) {
    test(`goes on with ${form} wherever an earlier run was cut off`, async () => {
      const input = listed(12);
      const complete = await whole([form], input);
      assert.equal(complete.toString(), (await tilewise([form, "-"], { input })).stdout);
      const step = Math.ceil(complete.length / 16);
      for (let length = 0; length <= complete.length; length += step) {
        await truncate(file(), 0);
        await writeFile(file(), complete.subarray(0, length));
        const { status } = await tilewise([form, "--resume", file(), "-"], { input });
        assert.equal(status, 0);
        assert.deepEqual(await readFile(file()), complete, `cut at ${length}`);
      }
    });

    test(`sums all of ${form}, the lines of the earlier run too`, async () => {
      const input = listed(12);
      const args = [form, "--summary", "--json", "--compare", "openai"];
      const complete = (await tilewise([...args, "-"], { input })).stderr;
      await writeFile(file(), (await tilewise([form, "--compare", "openai", "-"], { input: listed(7) })).stdout);
      assert.deepEqual(JSON.parse((await tilewise([...args, "--resume", file(), "-"], { input })).stdout), JSON.parse(complete));
    });
  }

  test("after being killed leaves each file once", async () => {
    const input = listed(4000);
    const complete = await whole(["--ndjson"], input);
    await rm(file());
    const size = () => stat(file()).then(({ size }) => size, () => 0);
    const output = { folder, size };
    let kills = 0;
    for (const share of [0.1, 0.4, 0.7]) {
      if ((await killAfter(complete.length * share, command, ["--ndjson", "--resume", file(), "-"], { cwd: folder, input, output })) === "SIGKILL") kills += 1;
    }
    assert.ok(kills > 0);
    await tilewise(["--ndjson", "--resume", file(), "-"], { input });
    assert.ok(complete.equals(await readFile(file())));
  });

  test("keeps the status of what was wrong before", async () => {
    await rm(file(), { force: true });
    for (const _ of [1, 2]) assert.equal((await tilewise(["--ndjson", "--resume", file(), "missing.jpg", "z.webp"])).status, 1);
    assert.equal(records(`${await readFile(file())}`).length, 2);
  });

  test("refuses a file that other names, another model or another form wrote, and leaves it as it is", async () => {
    const input = listed(5);
    const complete = await whole(["--ndjson"], input);
    const uses = [
      [["--ndjson"], listed(5, NAMES.toReversed()), /its next line is of a\/turned\.jpg, and the next file is z\.webp/],
      [["--ndjson"], listed(3), /it has a line of b\/deep\/small\.gif, which is not among the files/],
      [["--ndjson", "--model", "moonshotai/Kimi-K2.6"], input, /its lines are of moonshotai\/Kimi-K3/],
      [["--csv"], input, /its first line is another/],
    ];
    for (const [args, names, message] of uses) {
      const { status, stderr } = await tilewise([...args, "--resume", file(), "-"], { input: names });
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.deepEqual(await readFile(file()), complete);
    }
  });
});

test("a terminal is told how far it is, and last what was done", async () => {
  const written = await output(python, [TERMINAL, "80", command, "--ndjson", "--resume", ".told", ".", "missing.jpg"], { cwd: folder }).catch((error) => error.message);
  await rm(join(folder, ".told"));
  assert.match(written, /6 files {2}[\d,]+\/s {2}\$0\.\d{4} {2}1 failed {2}in [\d.]+ s/);
  const shown = await output(python, [TERMINAL, "80", command, "--ndjson", "."], { cwd: folder });
  assert.equal(lines(shown).length, NAMES.length, "lines on the terminal itself are left alone");
});

describe("wrong use has status 2 and says what is wrong", () => {
  const uses = {
    "two forms": [["--ndjson", "--csv", "."], /choose one/],
    "lines and a document": [["--ndjson", "--json", "."], /--json is one document/],
    "both rules": [["--ndjson", "--rule", "both", "."], /choose one rule/],
    "to go on without lines": [["--summary", "--resume", "x", "."], /add --ndjson or --csv/],
    "no thread": [["--ndjson", "--jobs", "0", "."], /--jobs must be a whole number/],
    "half a connection": [["--ndjson", "--connections", "0.5", "."], /--connections must be a whole number/],
    "an endpoint that is none": [["--ndjson", "--endpoint", "s3.local", "s3://bucket"], /--endpoint must be an http\(s\) address/],
    "a bucket as one request": [["s3://bucket/"], /add --ndjson, --csv or --summary/],
    "an empty list": [["--csv", "-"], /list on standard input is empty/],
    "a list that is none": [["--csv", "-"], /more than 1 MiB/, "x".repeat(3 << 20)],
  };
  for (const [name, [args, message, input]] of Object.entries(uses)) {
    test(name, async () => {
      const { status, stdout, stderr } = await tilewise(args, { input });
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }

  test("an empty folder", async () => {
    await mkdir(join(folder, "empty"));
    const { status, stderr } = await tilewise(["--csv", "empty"]);
    await rm(join(folder, "empty"), { recursive: true });
    assert.equal(status, 2);
    assert.match(stderr, /no file was found/);
  });
});

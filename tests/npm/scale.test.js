/** The command on as many files as there are: a million names, runs that are killed, a bucket whose server fails. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { copyFile, mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { BARE, BUCKET, createBucket, CREDENTIALS, refuse, withClient } from "./support/bucket.js";
import { commandOf, killAfter, records, runner } from "./support/command.js";
import { fixture, fixturePath } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { isWhole, note, randomFrom, scaled, TIMEOUT } from "./support/scale.js";

const project = await createProject({ after });
const command = commandOf(project);

/** Small files of the usual formats. */
async function someFiles(formats, most) {
  const found = [];
  for (const format of formats) {
    for (const name of (await readdir(fixturePath(format))).toSorted().slice(0, most)) {
      if (/\.\w+$/.test(name) && fixture(`${format}/${name}`).length < 100_000) found.push(`${format}/${name}`);
    }
  }
  return found;
}

describe("a million names", { timeout: TIMEOUT }, () => {
  const NAMES = scaled(20_000, 1_000_000);
  const KILLS = scaled(3, 10);
  const FILES = 100;
  const folder = join(project.folder, "archive");
  const out = join(project.folder, "out");
  let files;
  /** Of a run that nothing interrupts. */
  let whole;

  before(async () => {
    await mkdir(join(folder, "files"), { recursive: true });
    await mkdir(out);
    files = (await someFiles(["jpeg", "png", "gif", "webp", "mp4"], 40)).slice(0, FILES);
    for (const [index, name] of files.entries()) await copyFile(fixturePath(name), join(folder, "files", `${index}.${name.split(".").at(-1)}`));
    files = (await readdir(join(folder, "files"))).toSorted();
    for (let link = 0; link < 100; link++) await symlink("files", join(folder, `${link}`));
  });

  /** Each name once, of a few files that have many. */
  function* names() {
    for (let index = 0; index < NAMES; index++) {
      const link = Math.floor(index / files.length);
      yield `${"./".repeat(Math.floor(link / 100))}${link % 100}/${files[index % files.length]}\n`;
    }
  }
  /** In pieces, as a pipe has them. */
  function* pieces() {
    let piece = "";
    for (const name of names()) {
      piece += name;
      if (piece.length > 1 << 16) {
        yield piece;
        piece = "";
      }
    }
    yield piece;
  }

  test("are judged in the order of input, and take no more memory at the end than in the middle", async () => {
    const child = spawn(command, ["--ndjson", "--summary", "--json", "-"], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
    const started = performance.now();
    Readable.from(pieces()).pipe(child.stdin);
    let summary = "";
    child.stderr.on("data", (data) => (summary += data));
    const hash = createHash("sha256");
    let [count, bytes] = [0, 0];
    const memory = [];
    for await (const data of child.stdout) {
      hash.update(data);
      bytes += data.length;
      for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) count += 1;
      // At every hundredth of the lines.
      if (count > ((memory.length + 1) * NAMES) / 100) memory.push(memoryOf(child.pid));
    }
    const seconds = (performance.now() - started) / 1000;
    await once(child, "close");
    whole = { hash: hash.digest("hex"), bytes, summary: JSON.parse(summary) };
    assert.equal(count, NAMES);
    assert.equal(whole.summary.total.files + Object.values(whole.summary.failures).reduce((sum, one) => sum + one, 0), NAMES);
    // The median of each: collectors of garbage leave peaks.
    const [early, late] = [memory.slice(20, 50), memory.slice(50)].map((part) => part.toSorted((one, other) => one - other)[part.length >> 1]);
    const megabytes = memory.map((bytes) => Math.round(bytes / 1e6));
    note("a million names", { names: NAMES, perSecond: Math.round(NAMES / seconds), megabytesAtTenths: megabytes.filter((_, index) => index % 10 === 9), most: Math.max(...megabytes) });
    // Of few names, most of the memory is the program's own, which still grows.
    if (isWhole) assert.ok(late < early * 1.1, `${late} bytes behind half of the names, ${early} before`);
  });

  test("are each judged once, with the same sums, by a run that is killed again and again", async () => {
    const file = join(out, "lines");
    const args = ["--ndjson", "--summary", "--json", "--resume", file, "-"];
    const size = () => stat(file).then(({ size }) => size, () => 0);
    const random = randomFrom(30);
    const stops = Array.from({ length: KILLS }, () => random()).toSorted((one, other) => one - other);
    const input = () => Readable.from(pieces());
    const started = performance.now();
    let kills = 0;
    for (const stop of stops) {
      const signal = await killAfter(stop * whole.bytes, command, args, { cwd: folder, input: input(), output: { folder: out, size } });
      if (signal === "SIGKILL") kills += 1;
    }
    assert.ok(kills > 0, "no run was killed");
    const child = spawn(command, args, { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    input().pipe(child.stdin);
    let summary = "";
    child.stdout.on("data", (data) => (summary += data));
    await once(child, "close");
    const hash = createHash("sha256");
    for await (const data of createReadStream(file)) hash.update(data);
    await rm(file);
    assert.equal(hash.digest("hex"), whole.hash);
    assert.deepEqual(JSON.parse(summary), whole.summary);
    note("killed and resumed", { names: NAMES, kills, seconds: Math.round((performance.now() - started) / 1000) });
  });
});

/** Bytes of a program that are in memory. */
function memoryOf(pid) {
  if (process.platform !== "linux") return 0;
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    // It has ended, and its last lines are still in the pipe.
    return 0;
  }
}

describe("a bucket whose server fails", { timeout: TIMEOUT }, async () => {
  const OBJECTS = scaled(300, 20_000);
  const bucket = await createBucket({ after });
  const keyOf = (index, name) => `photos/${`${index}`.padStart(6, "0")}.${name.split(".").at(-1)}`;

  test("is judged object by object as on a disk, and what cannot be read is said", async () => {
    await withClient(project);
    const files = await someFiles(["jpeg", "png", "gif", "webp"], 30);
    const local = join(project.folder, "local");
    await mkdir(local);
    for (const [index, name] of files.entries()) await copyFile(fixturePath(name), join(local, `${index}`));
    const { stdout: onDisk } = await runner(command, local)(["--ndjson", "-"], { input: files.map((_, index) => `${index}\n`).join("") });
    const expected = records(onDisk).map(comparable);
    const objects = Array.from({ length: OBJECTS }, (_, index) => [keyOf(index, files[index % files.length]), index % files.length]);
    for (let at = 0; at < OBJECTS; at += 32) await Promise.all(objects.slice(at, at + 32).map(([key, file]) => bucket.put(key, fixture(files[file]))));

    const [gone, closed] = [objects[Math.floor(OBJECTS / 3)][0], objects[Math.floor(OBJECTS / 2)][0]];
    const random = randomFrom(7);
    const faults = { throttled: 0, failed: 0, broken: 0 };
    bucket.fault = async (request, response) => {
      const chance = random();
      if (chance < 0.05) return (faults.throttled += 1), refuse(response, 503, "SlowDown");
      if (chance < 0.07) return (faults.failed += 1), refuse(response, 503, "ServiceUnavailable");
      if (chance < 0.08) return (faults.broken += 1), Boolean(request.socket.destroy());
      if (request.url.includes(closed)) return refuse(response, 403, "AccessDenied");
      if (request.url.includes(gone)) await bucket.remove(gone).catch(() => {});
      return false;
    };
    const lines = join(project.folder, "lines");
    await writeFile(lines, "");
    const started = performance.now();
    const args = ["--ndjson", "--resume", lines, "--connections", "32", "--endpoint", bucket.origin, `s3://${BUCKET}/photos/`];
    const { status, stderr } = await runner(command, project.folder)(args, { env: { ...BARE, ...CREDENTIALS, NODE_NO_WARNINGS: "1" } });
    const seconds = (performance.now() - started) / 1000;
    assert.equal(status, 1);
    assert.equal(stderr, "");
    const found = records(readFileSync(lines, "utf8"));
    assert.equal(found.length, OBJECTS);
    for (const [index, [key, file]] of objects.entries()) {
      assert.equal(found[index].name, `s3://${BUCKET}/${key}`);
      const refused = { [gone]: "NoSuchKey", [closed]: "AccessDenied" }[key];
      assert.deepEqual(comparable(found[index]), refused ?? expected[file], key);
    }
    assert.ok(Object.values(faults).every((count) => count > 0), JSON.stringify(faults));
    note("a bucket whose server fails", { objects: OBJECTS, perSecond: Math.round(OBJECTS / seconds), ...faults });
  });
});

const comparable = ({ error, facts, tokens, usd }) => {
  if (error) return error.code;
  const { bytesRead: _, ...rest } = facts;
  return { ...rest, tokens, usd };
};

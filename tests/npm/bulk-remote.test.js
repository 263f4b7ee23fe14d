/** The command on files of servers: lists of addresses, and buckets. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { BARE, BUCKET, createBucket, CREDENTIALS, refuse, withClient } from "./support/bucket.js";
import { commandOf, records, runner } from "./support/command.js";
import { fixture, LARGE, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { deserted, serve } from "./support/server.js";

const project = await createProject({ after });
const tilewise = runner(commandOf(project), project.folder);

/** What is not read from another place alike. */
const comparable = ({ name, error, facts, tokens, usd }) => [name.split("/").at(-1), error?.code ?? [facts.format, facts.width, facts.height, facts.bytes, facts.orientation, tokens, usd]];

let files;
let misbehave;
let seen;

const origin = await serve({ after }, (request, response) => {
  const name = decodeURIComponent(request.url.slice(1));
  seen.sockets.add(request.socket);
  seen.ranges.push([name, request.headers.range]);
  seen.open += 1;
  seen.most = Math.max(seen.most, seen.open);
  response.on("close", () => (seen.open -= 1));
  if (misbehave(request, response, name)) return;
  const file = files[name];
  if (file === undefined) return response.writeHead(404).end("nothing here");
  serveRange(request, response, file);
});

const bucket = await createBucket({ after });

describe("addresses", () => {
  beforeEach(() => {
    files = { "photo.jpg": fixture(PHOTO), "large.jpg": fixture(LARGE), "clip.mp4": fixture("mp4/h264.mp4"), "empty.png": new Uint8Array(0) };
    misbehave = () => false;
    seen = { sockets: new Set(), ranges: [], open: 0, most: 0 };
  });

  const judged = async (names, args = []) => {
    const { status, stdout } = await tilewise(["--ndjson", "-", ...args], { input: names.map((name) => `${origin}/${name}\n`).join("") });
    return { status, found: records(stdout) };
  };

  /** As files of the disk are. */
  const onDisk = async (names) => {
    for (const name of names) await writeFile(join(project.folder, name), files[name]);
    return records((await tilewise(["--ndjson", ...names])).stdout);
  };

  test("are read by ranges, over few connections, and judged as files of the disk are", async () => {
    const names = ["photo.jpg", "large.jpg", "clip.mp4", "empty.png", "missing.jpg"];
    const { status, found } = await judged(Array.from({ length: 40 }, () => names).flat(), ["--connections", "3"]);
    assert.equal(status, 1);
    const expected = [...(await onDisk(names.slice(0, 4))).map(comparable), ["missing.jpg", "http"]];
    for (const [index, one] of found.entries()) assert.deepEqual(comparable(one), expected[index % 5]);
    assert.equal(found.length, 200);
    assert.equal(found[4].error.message, "the server answered 404 Not Found");
    assert.ok(seen.sockets.size <= 3 && seen.most <= 3, `${seen.sockets.size} connections, ${seen.most} requests at once`);
    // Of most files the first 16 KB will do; 256 KB of previews are crossed in three more steps.
    assert.deepEqual(["photo.jpg", "large.jpg"].map((name) => seen.ranges.filter(([one]) => one === name).length), [40, 160]);
  });

  test("are asked for again where a server is busy, fails or breaks off", async () => {
    const tried = new Map();
    misbehave = (request, response, name) => {
      const attempt = (tried.get(name) ?? 0) + 1;
      tried.set(name, attempt);
      if (attempt > 3) return false;
      const way = [429, 503, "break", "cut"][(attempt + name.length) % 4];
      if (way === "break") request.socket.destroy();
      else if (way === "cut") {
        response.writeHead(206, { "content-range": `bytes 0-99/${files[name].length}`, "content-length": 100 });
        response.write("x".repeat(10), () => request.socket.destroy());
      } else response.writeHead(way, { "retry-after": "0" }).end();
      return true;
    };
    const { found } = await judged(["photo.jpg", "large.jpg", "clip.mp4"]);
    assert.deepEqual(found.map(comparable), (await onDisk(["photo.jpg", "large.jpg", "clip.mp4"])).map(comparable));
  });

  test("are given up where a server never recovers, or asks for too much patience", async () => {
    misbehave = (_, response, name) => response.writeHead(503, { "retry-after": name === "photo.jpg" ? "3600" : "0" }).end();
    const { found } = await judged(["photo.jpg", "large.jpg"]);
    assert.deepEqual(found.map(({ error }) => [error.code, error.message]), Array(2).fill(["http", "the server answered 503 Service Unavailable"]));
    assert.deepEqual(["photo.jpg", "large.jpg"].map((name) => seen.ranges.filter(([one]) => one === name).length), [1, 5]);
  });

  test("are followed where they point elsewhere, and not in circles", async () => {
    misbehave = (_, response, name) => {
      const location = { there: "/photo.jpg", circle: "/circle", mail: "mailto:x@example.com" }[name];
      if (location) response.writeHead(302, { location }).end();
      return Boolean(location);
    };
    const { found } = await judged(["there", "circle", "mail"]);
    assert.equal(found[0].facts.width, 90);
    assert.match(found[1].error.message, /more than 10 redirects/);
    assert.match(found[2].error.message, /points to an address that is none/);
  });

  test("of a server without ranges are read from their start as far as needed", async () => {
    misbehave = (request, response, name) => {
      delete request.headers.range;
      // The second time without a length.
      if (name === "clip.mp4") response.end(files[name]);
      else response.writeHead(200, { "content-length": files[name].length }).end(files[name]);
      return true;
    };
    files["photo.jpg"] = Buffer.concat([fixture(PHOTO), Buffer.alloc(3 << 20)]);
    const names = ["photo.jpg", "large.jpg", "clip.mp4"];
    const { found } = await judged(names);
    assert.deepEqual(found.map(comparable), (await onDisk(names)).map(comparable));
  });

  test("of a file that changes between two reads are errors", async () => {
    let version = 0;
    misbehave = (request, response, name) => {
      if (name !== "large.jpg") return false;
      version += 1;
      serveRange(request, response, files[name], `"${version}"`);
      return true;
    };
    const { found } = await judged(["large.jpg", "photo.jpg"]);
    assert.deepEqual(found.map(({ error }) => error?.code), ["changed", undefined]);
  });

  test("where nothing listens, or that are none, are errors", async () => {
    const nowhere = await deserted();
    const { status, stdout } = await tilewise(["--ndjson", "-"], { input: `${nowhere}/a.jpg\nhttp://\n` });
    assert.equal(status, 1);
    assert.deepEqual(records(stdout).map(({ error }) => error.code), ["network", "invalid_argument"]);
  });
});

describe("buckets", () => {
  const FILES = { "a/photo.jpg": PHOTO, "a/large.jpg": LARGE, "b/clip.mp4": "mp4/h264.mp4", "b/ü ?&+.png": "png/rgb.png" };

  before(async () => {
    for (const [key, name] of Object.entries(FILES)) await bucket.put(key, fixture(name));
    await bucket.put("notes.txt", Buffer.from("Not an image, and long enough to tell."));
    await bucket.put("folder/", Buffer.alloc(0));
  });

  const env = { ...BARE, ...CREDENTIALS };
  const s3 = (args, options) => tilewise(["--ndjson", "--endpoint", bucket.origin, ...args], { env, ...options });

  test("need a package of their own, and say which", async () => {
    const { status, stdout, stderr } = await s3([`s3://${BUCKET}`]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /npm install @aws-sdk\/client-s3/);
    await withClient(project);
  });

  test("are listed, and their objects judged as files of the disk are", async () => {
    const { status, stdout } = await s3([`s3://${BUCKET}`]);
    assert.equal(status, 1);
    const found = records(stdout);
    // By the bytes of their names.
    const keys = Object.keys(FILES).toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    assert.deepEqual(found.map(({ name }) => name), [...keys, "notes.txt"].map((key) => `s3://${BUCKET}/${key}`));
    for (const [index, key] of keys.entries()) {
      const path = join(project.folder, "object");
      await writeFile(path, fixture(FILES[key]));
      const [local] = records((await tilewise(["--ndjson", path])).stdout);
      assert.deepEqual(comparable(found[index])[1], comparable(local)[1], key);
    }
    assert.equal(found.at(-1).error.code, "unsupported_format");
  });

  test("are listed under a prefix, and single objects are named in a list", async () => {
    assert.deepEqual(records((await s3([`s3://${BUCKET}/b/`])).stdout).length, 2);
    const input = `s3://${BUCKET}/a/photo.jpg\ns3://${BUCKET}/a/none.jpg\n`;
    assert.deepEqual(records((await s3(["-"], { input })).stdout).map(({ facts, error }) => facts?.width ?? error.code), [90, "NoSuchKey"]);
  });

  test("that throttle, fail and break off are asked again", async () => {
    let count = 0;
    bucket.fault = (request, response) => {
      count += 1;
      if (count % 3 === 1) return refuse(response, 503, "SlowDown");
      if (count % 7 === 2) return refuse(response, 500, "InternalError");
      if (count % 11 === 3) return Boolean(request.socket.destroy());
      return false;
    };
    const { stdout } = await s3([`s3://${BUCKET}/a`]);
    bucket.fault = async () => false;
    assert.deepEqual(records(stdout).map(({ facts }) => facts?.format), ["jpeg", "jpeg"]);
  });

  test("of which an object disappears, may not be read or changes say so in its line", async () => {
    const keys = ["c/changes.jpg", "c/closed.jpg", "c/gone.jpg", "c/stays.jpg"];
    for (const key of keys) await bucket.put(key, fixture(LARGE));
    let reads = 0;
    bucket.fault = async (request, response) => {
      if (request.url.includes("closed")) return refuse(response, 403, "AccessDenied");
      if (request.url.includes("gone")) await bucket.remove("c/gone.jpg");
      // What lies behind the first read is another file's.
      if (request.url.includes("changes") && ++reads === 2) await bucket.put("c/changes.jpg", Buffer.concat([fixture(LARGE), Buffer.alloc(9)]));
      return false;
    };
    const { status, stdout } = await s3([`s3://${BUCKET}/c/`]);
    bucket.fault = async () => false;
    assert.equal(status, 1);
    assert.deepEqual(records(stdout).map(({ error }) => error?.code), ["changed", "AccessDenied", "NoSuchKey", undefined]);
  });

  test("that cannot be listed have a line, and other names are judged", async () => {
    await writeFile(join(project.folder, "own.jpg"), fixture(PHOTO));
    const wrong = { ...env, AWS_ACCESS_KEY_ID: "OTHER", AWS_SECRET_ACCESS_KEY: "wrong" };
    bucket.fault = async ({ headers }, response) => headers.authorization?.includes("Credential=OTHER/") && refuse(response, 403, "SignatureDoesNotMatch");
    for (const [bad, code, address] of [
      [wrong, "SignatureDoesNotMatch", `s3://${BUCKET}/a`],
      [{ ...env, AWS_ACCESS_KEY_ID: "UNKNOWN" }, "InvalidAccessKeyId", `s3://${BUCKET}/a`],
      [BARE, "CredentialsProviderError", `s3://${BUCKET}/a`],
      [env, "NoSuchBucket", "s3://none/a"],
    ]) {
      const { status, stdout } = await s3([address, "own.jpg"], { env: bad });
      assert.equal(status, 1);
      const [listing, file] = records(stdout);
      assert.deepEqual([listing.name, listing.unlisted, listing.error.code, file.facts.width], [address, true, code, 90]);
    }
    bucket.fault = async () => false;
  });

  test("take credentials from shared files and from a container's address", async (context) => {
    const path = join(project.folder, "credentials");
    await writeFile(path, "[archive]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n");
    const shared = { ...BARE, AWS_SHARED_CREDENTIALS_FILE: path, AWS_PROFILE: "archive" };
    const credentials = { AccessKeyId: "S3RVER", SecretAccessKey: "S3RVER", Token: "", Expiration: "2099-01-01T00:00:00Z" };
    const container = await serve(context, (_, response) => response.end(JSON.stringify(credentials)));
    for (const env of [shared, { ...BARE, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container}/credentials` }]) {
      assert.equal(records((await s3([`s3://${BUCKET}/a`], { env })).stdout).length, 2);
    }
  });

  test("of any length are listed page by page, and a run that was cut off goes on", async () => {
    const keys = Array.from({ length: 1100 }, (_, index) => `many/${`${index}`.padStart(5, "0")}.png`);
    for (let at = 0; at < keys.length; at += 50) await Promise.all(keys.slice(at, at + 50).map((key) => bucket.put(key, fixture("png/rgb.png"))));
    const { stdout } = await s3([`s3://${BUCKET}/many`]);
    assert.deepEqual(records(stdout).map(({ name }) => name), keys.map((key) => `s3://${BUCKET}/${key}`));
    const file = join(project.folder, "lines");
    await writeFile(file, stdout.slice(0, stdout.length * 0.9));
    bucket.requests = 0;
    const { status } = await s3(["--resume", file, `s3://${BUCKET}/many`]);
    assert.equal(status, 0);
    assert.equal(await readFile(file, "utf8"), stdout);
    assert.ok(bucket.requests < 150, `${bucket.requests} requests`);
  });
});

/** As a server of files does. */
function serveRange(request, response, file, tag = `"${createHash("md5").update(file).digest("hex")}"`) {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined) return response.writeHead(200, { etag: tag, "content-length": file.length }).end(file);
  if (Number(from) >= file.length) return response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
  const end = Math.min(file.length, Number(to || file.length) + 1);
  const part = file.subarray(Number(from), end);
  response.writeHead(206, { etag: tag, "content-range": `bytes ${from}-${end - 1}/${file.length}`, "content-length": part.length }).end(part);
}

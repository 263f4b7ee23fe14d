/** The example that costs a bucket with a Worker, queues and a database, beside the command on the same files. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFile, cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { commandOf, records, runner } from "./support/command.js";
import { fixture, fixturePath } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { isWhole, note, scaled, TIMEOUT } from "./support/scale.js";
import { launchBrowser } from "./support/site.js";

const OBJECTS = scaled(1100, 5000);

const project = await createProject({ after });
const folder = join(project.folder, "files");
const example = join(project.folder, "bucket");
const require = createRequire(import.meta.url);

await cp(fileURLToPath(new URL("../../examples/bucket", import.meta.url)), example, { recursive: true, filter: (path) => !path.includes("node_modules") });
for (const name of ["esbuild", "miniflare"]) await symlink(dirname(require.resolve(`${name}/package.json`)), join(project.folder, "node_modules", name), "junction");
await fill();
const { fillBucket, runToEnd, startWorker } = await import(pathToFileURL(join(example, "local.js")));

/** Every kind of file, over and over, and such as are none. */
async function fill() {
  const kinds = ["jpeg", "png", "gif", "webp", "mp4", "heic", "svg"];
  const sources = [];
  for (const kind of kinds) {
    const names = (await readdir(fixturePath(kind))).filter((name) => !name.startsWith(".")).toSorted();
    for (const name of names.slice(0, 12)) if (fixture(`${kind}/${name}`).length < 1 << 20) sources.push(fixturePath(`${kind}/${name}`));
  }
  for (const part of ["a", "b/c"]) await mkdir(join(folder, part), { recursive: true });
  for (let index = 0; index < OBJECTS - 3; index++) {
    const source = sources[index % sources.length];
    await copyFile(source, join(folder, index % 3 ? "a" : "b/c", `${`${index}`.padStart(6, "0")} ü&.${source.split(".").at(-1)}`));
  }
  await writeFile(join(folder, "empty.jpg"), "");
  await writeFile(join(folder, "notes.txt"), "Not an image, and long enough to tell.");
  await writeFile(join(folder, "cut.jpg"), fixture("jpeg/baseline.jpg").subarray(0, 30));
}

/** The example's own entry, on a machine that fails. Each message comes twice; reads, writes and sends fail before they are
 *  done, or are done and not answered. */
const FAILING = `
  import worker from "./index.js";

  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const faults = { reads: 0, writes: 0, sends: 0, doubled: 0 };

  const failing = (kind, share, call) => async (...args) => {
    const fails = random() < share;
    const isBefore = random() < 0.5;
    if (fails) faults[kind] += 1;
    if (fails && isBefore) throw new Error(kind + " failed before");
    const result = await call(...args);
    if (fails) throw new Error(kind + " failed behind");
    return result;
  };

  const failingEnv = (env) => ({
    ...env,
    BUCKET: { get: failing("reads", 0.002, (...args) => env.BUCKET.get(...args)), list: failing("reads", 0.2, (...args) => env.BUCKET.list(...args)) },
    COSTS: { send: failing("sends", 0.05, (body) => env.COSTS.send(body)) },
    LISTING: { send: failing("sends", 0.2, (body) => env.LISTING.send(body)) },
    DB: {
      prepare: (sql) => ({
        bind: (...values) => {
          const statement = env.DB.prepare(sql).bind(...values);
          return { run: failing("writes", 0.1, () => statement.run()), first: () => statement.first(), all: () => statement.all() };
        },
      }),
    },
  });

  export default {
    fetch: (request, env) => (new URL(request.url).pathname === "/faults" ? Response.json(faults) : worker.fetch(request, env)),
    async queue(batch, env) {
      const messages = batch.messages.flatMap((message) => {
        faults.doubled += 1;
        const again = { body: message.body, ack() {}, retry() {} };
        return [message, again];
      });
      await worker.queue({ queue: batch.queue, messages }, failingEnv(env));
    },
  };
`;

const ofCommand = (async () => {
  const { stdout } = await runner(commandOf(project), folder)(["--ndjson", "."]);
  return records(stdout).map(({ name, facts, tokens, inputTokens, usd, error }) => ({
    key: name,
    format: facts?.format ?? null,
    width: facts?.width ?? null,
    tokens: tokens ?? null,
    input_tokens: inputTokens ?? null,
    pico_usd: usd === undefined ? null : Math.round(usd * 1e12),
    failure: error?.code ?? null,
  }));
})();

async function check({ worker, origin, token }, started) {
  const progress = await runToEnd({ origin, token });
  const seconds = (performance.now() - started) / 1000;
  const expected = await ofCommand;
  const sum = (of) => expected.reduce((sum, one) => sum + BigInt(of(one) ?? 0), 0n);
  assert.equal(progress.listed, OBJECTS);
  assert.equal(progress.files, OBJECTS);
  assert.equal(progress.failed, expected.filter(({ failure }) => failure).length);
  assert.deepEqual([progress.inputTokens, progress.picoUsd], [`${sum((one) => one.input_tokens)}`, `${sum((one) => one.pico_usd)}`]);
  const found = [];
  for (let after = ""; ; ) {
    const answer = await fetch(`${origin}/runs/${progress.run}/objects?after=${encodeURIComponent(after)}`, { headers: { authorization: `Bearer ${token}` } });
    const page = records(await answer.text());
    if (page.length === 0) break;
    found.push(...page);
    after = page.at(-1).key;
  }
  const byKey = (one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
  const figures = ({ key, format, width, tokens, input_tokens, pico_usd, failure }) => ({ key, format, width, tokens, input_tokens, pico_usd, failure });
  assert.deepEqual(found.map(figures).toSorted(byKey), expected.toSorted(byKey));
  return { progress, seconds, worker };
}

describe("a bucket", { timeout: TIMEOUT }, () => {
  test("costs what the command says, object by object and in sum", async (context) => {
    const started = await startWorker();
    context.after(() => started.worker.dispose());
    assert.equal(await fillBucket(await started.worker.getR2Bucket("BUCKET"), folder), OBJECTS);
    const { seconds } = await check(started, performance.now());
    note("bucket", { objects: OBJECTS, perSecond: Math.round(OBJECTS / seconds) });
  });

  test("costs the same where messages come twice and all that can fail fails at random", async (context) => {
    const entry = join(example, "src/failing.js");
    await writeFile(entry, FAILING);
    const started = await startWorker({ entry });
    context.after(() => started.worker.dispose());
    await fillBucket(await started.worker.getR2Bucket("BUCKET"), folder);
    const { seconds } = await check(started, performance.now());
    const faults = await (await fetch(`${started.origin}/faults`)).json();
    for (const [kind, count] of Object.entries(faults)) assert.ok(count > 0, `no fault of ${kind}`);
    note("bucket with faults", { objects: OBJECTS, perSecond: Math.round(OBJECTS / seconds), ...faults });
  });

  test("is costed by one command, which shows it on a page", { skip: isWhole && "there is nothing in it to do more of" }, async (context) => {
    const few = join(project.folder, "few");
    await mkdir(few);
    for (const name of ["png/rgb.png", "mp4/h264.mp4"]) await copyFile(fixturePath(name), join(few, name.replace("/", "-")));
    await writeFile(join(few, "notes.txt"), "Not an image, and long enough to tell.");
    const child = spawn(process.execPath, ["local.js", few], { cwd: example, stdio: ["ignore", "pipe", "inherit"] });
    context.after(() => child.kill());
    let said = "";
    for await (const data of child.stdout) {
      said += data;
      if (said.includes("Ctrl+C")) break;
    }
    assert.match(said, /^3 files of few are in the bucket$/m);
    assert.match(said, /^3 objects, 1 of them no image or video: \d+ tokens, \$0\.\d+$/m);
    const [address] = /^http:.*$/m.exec(said);
    const answer = await fetch(address);
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    const tab = await (await launchBrowser(context)).newPage();
    await tab.goto(address);
    await tab.getByText("Done.", { exact: true }).waitFor();
    await tab.getByText("3 of 3", { exact: true }).waitFor();
    await tab.getByLabel("Prefix").fill("mp4-");
    await tab.getByRole("button", { name: "Start a run" }).click();
    await tab.getByText("1 of 1", { exact: true }).waitFor();
  });

  test("is shown to those with the token alone", async (context) => {
    const { worker, origin, token } = await startWorker();
    context.after(() => worker.dispose());
    const status = async (path, options) => (await fetch(`${origin}${path}`, options)).status;
    assert.equal(await status("/"), 403);
    assert.equal(await status("/?token=other"), 403);
    assert.equal(await status("/runs", { method: "POST" }), 403);
    assert.equal(await status(`/?token=${token}`), 200);
    assert.equal(await status(`/runs/none?token=${token}`), 404);
    assert.equal(await status(`/runs/none?token=${token}`, { method: "DELETE" }), 405);
    const empty = await runToEnd({ origin, token });
    assert.deepEqual([empty.files, empty.listed, empty.picoUsd], [0, 0, "0"]);
  });
});

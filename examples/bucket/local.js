/**
 * Runs the Worker on this machine, with a bucket, queues and a database of miniflare's, on the files of a folder:
 *
 *     npm start -- FOLDER
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, sep } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** @param entry The main module, where it is another than that of this folder. */
export async function startWorker({ entry = join(HERE, "src/index.js"), model = "moonshotai/Kimi-K3", port } = {}) {
  const token = randomUUID();
  const built = await mkdtemp(join(tmpdir(), "bucket-"));
  try {
    await build({
      entryPoints: { index: entry },
      outdir: built,
      bundle: true,
      format: "esm",
      target: "es2022",
      conditions: ["workerd", "worker"],
      loader: { ".wasm": "copy" },
      assetNames: "[name]",
      logLevel: "error",
    });
    const files = (await readdir(built)).toSorted((one) => (one === "index.js" ? -1 : 1));
    const contents = (name) => readFile(join(built, name));
    const module = async (name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: name, contents: await contents(name) });
    const worker = new Miniflare({
      ...(port === undefined ? {} : { port }),
      modules: await Promise.all(files.filter((name) => /\.(js|wasm)$/.test(name)).map(module)),
      compatibilityDate: "2025-11-01",
      bindings: { TOKEN: token, MODEL: model },
      r2Buckets: ["BUCKET"],
      d1Databases: ["DB"],
      queueProducers: { LISTING: "bucket-listing", COSTS: "bucket-costs" },
      // As in wrangler.jsonc.
      queueConsumers: {
        "bucket-listing": { maxBatchSize: 1, maxBatchTimeout: 0, maxRetries: 100 },
        "bucket-costs": { maxBatchSize: 3, maxBatchTimeout: 0, maxRetries: 10, deadLetterQueue: "bucket-given-up" },
        "bucket-given-up": { maxBatchSize: 10, maxBatchTimeout: 0, maxRetries: 100 },
      },
    });
    const { origin } = await worker.ready;
    await createTables(await worker.getD1Database("DB"));
    return { worker, origin, token };
  } finally {
    await rm(built, { recursive: true });
  }
}

/** Starts a run, and waits for its end. `onProgress` is told of each look at it. */
export async function runToEnd({ origin, token }, prefix = "", onProgress = () => {}) {
  const headers = { authorization: `Bearer ${token}` };
  const started = await fetch(`${origin}/runs`, { method: "POST", headers, body: JSON.stringify({ prefix }) });
  if (!started.ok) throw new Error(await started.text());
  const { run } = await started.json();
  for (let failures = 0; ; ) {
    try {
      const progress = await (await fetch(`${origin}/runs/${run}`, { headers })).json();
      onProgress(progress);
      if (progress.isListed && progress.files >= progress.listed) return progress;
      failures = 0;
    } catch (error) {
      // A connection may be closed as it is used again. The run goes on without being looked at.
      failures += 1;
      if (failures > 10) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Files of a folder, by their paths below it. */
export async function fillBucket(bucket, folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  // Miniflare takes no Buffer.
  const put = async (path) => bucket.put(relative(folder, path).split(sep).join("/"), new Uint8Array(await readFile(path)));
  for (let at = 0; at < files.length; at += 20) await Promise.all(files.slice(at, at + 20).map(put));
  return files.length;
}

/** Statement by statement: a trigger has semicolons of its own. */
async function createTables(database) {
  const schema = await readFile(join(HERE, "schema.sql"), "utf8");
  const statements = schema.replace(/^\s*--.*$/gm, "").split(/;\s*\n(?=CREATE|\s*$)/);
  for (const statement of statements) if (statement.trim() !== "") await database.prepare(statement).run();
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  const [, , folder] = argv;
  if (folder === undefined) throw new Error("name a folder of images: npm start -- FOLDER");
  const started = await startWorker();
  const count = await fillBucket(await started.worker.getR2Bucket("BUCKET"), folder);
  console.log(`${count} files of ${basename(folder)} are in the bucket`);
  const { run, files, failed, inputTokens, usd } = await runToEnd(started, "", ({ files, listed }) => console.log(`${files} of ${listed} read`));
  console.log(`${files} objects, ${failed} of them no image or video: ${inputTokens} tokens, $${usd}`);
  console.log(`${started.origin}/?token=${started.token}&run=${run}`);
  console.log("Ctrl+C ends it.");
}

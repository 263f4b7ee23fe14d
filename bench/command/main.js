/**
 * The command beside what else reads the headers of a folder of JPEGs, beside bare ranged GETs of a bucket, and `tilewise fit`
 * beside sharp and libvips. Each contestant is a process, start and end included, and all take turns. `cargo xtask bench` runs
 * it, with the package's folder. A program that this machine lacks is named as such.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folder as packageFolder, isOnce } from "../common/options.js";
import { median, shuffled, sum } from "../common/statistics.js";
import { print, printTable, short, title, whole } from "../common/table.js";

const FILES = isOnce ? 30 : 10_000;
const PHOTOGRAPHS = isOnce ? 1 : 12;
const OBJECTS = isOnce ? 20 : 4000;
const ROUNDS = isOnce ? 1 : 3;
const CORES = availableParallelism();
const CONNECTIONS = 32;

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const cli = join(packageFolder, "cli.js");
const python = process.env.TILEWISE_PYTHON ?? "python3";

/** A program, whose output is looked at after its time is taken: that of the clock, and that of the processor, which says more on
 *  a busy machine. */
function run(program, args, options = {}) {
  const started = performance.now();
  const timed = ["-c", 'TIMEFORMAT="%U %S"; time "$@"', "bash", program, ...args];
  const { status, stdout, stderr, error } = spawnSync("bash", timed, { maxBuffer: 1 << 30, encoding: "utf8", ...options });
  const ms = performance.now() - started;
  if (error) throw error;
  // What a shell says of a program that is not there.
  if (status === 127) return undefined;
  const cpuMs = sum(stderr.trim().split("\n").at(-1).split(" ").map(Number)) * 1000;
  return { ms, cpuMs, status, stdout, stderr };
}

/** The medians of each contestant's times, all in turn; undefined of a program that is not there. `judge` throws at what is wrong. */
async function contest(contestants, rounds, judge) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, call] of shuffled(Object.entries(contestants))) {
      const outcome = await call();
      if (outcome === undefined) continue;
      judge(name, outcome);
      times[name].push(outcome);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.length > 0 ? { ms: median(all.map(({ ms }) => ms)), cpuMs: median(all.map(({ cpuMs }) => cpuMs)) } : undefined]));
}

function report(heading, unit, count, times) {
  title(`${heading}, load ${loadavg()[0].toFixed(1)}`);
  const own = times.tilewise;
  const row = ([name, one]) => {
    if (one === undefined) return [name, "not installed", "", "", ""];
    return [name, short((count / one.ms) * 1000), short(one.ms / own.ms), short((one.cpuMs / count) * 1000), short(one.cpuMs / own.cpuMs)];
  };
  printTable(["", unit, "× tilewise's time", "µs of a core for each", "× tilewise's"], Object.entries(times).map(row));
}

/** Beside the package, on the disk: a system's temporary folder may lie in memory. */
const work = await mkdtemp(join(packageFolder, "../bench-command-"));
try {
  await headers();
  await bucket();
  await fitting();
} finally {
  await rm(work, { recursive: true });
}

/** Sizes of a folder of JPEGs. */
async function headers() {
  const folder = join(work, "photos");
  mkdirSync(folder);
  const samples = ["phone.jpg", "landscape.jpg"].map((name) => here(`../../www/public/samples/${name}`));
  for (let index = 0; index < FILES; index++) copyFileSync(samples[index % 2], join(folder, `${index}.jpg`));
  const names = readdirSync(folder);
  const jpegs = names.map((name) => join(folder, name));
  const contestants = {
    tilewise: () => run(process.execPath, [cli, "--ndjson", folder]),
    "tilewise, one thread": () => run(process.execPath, [cli, "--ndjson", "--jobs", "1", folder]),
    "exiftool -fast2": () => run("exiftool", ["-fast2", "-q", "-n", "-T", "-ImageWidth", "-ImageHeight", "-Orientation", folder]),
    "identify -ping": () => run("identify", ["-ping", "-format", "%w\t%h\n", ...jpegs]),
    "image-size, in a loop": () => run(process.execPath, [here("image-size.js"), folder]),
    "Pillow, in a loop": () => run(python, [here("pillow_loop.py"), folder]),
  };
  // All files once, so that they are in memory for everybody.
  for (const path of jpegs) readFileSync(path);
  const times = await contest(contestants, ROUNDS, (name, { stdout, status }) => {
    if (status !== 0) throw new Error(`${name} ended with status ${status}`);
    const widths = name.startsWith("tilewise")
      ? stdout.trim().split("\n").map((line) => JSON.parse(line).facts.width)
      : stdout.trim().split("\n").map((line) => Number(line.split("\t")[0]));
    const counts = [1200, 1600].map((width) => widths.filter((one) => one === width).length);
    if (counts.some((count) => count !== FILES / 2) || widths.length !== FILES) throw new Error(`${name} found ${widths.length} files: ${counts}`);
  });
  rmSync(folder, { recursive: true });
  report(`${whole(FILES)} JPEGs of a local disk, ${CORES} cores`, "files a second", FILES, times);
  print("\ntilewise also estimates each file. Of the others, exiftool and identify find the orientation or the type as well; none uses a second core.");
}

/** The first 16 KB of each object of a bucket. */
async function bucket() {
  const server = spawn(process.execPath, ["--openssl-legacy-provider", "--no-deprecation", here("s3-server.js"), join(work, "buckets")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = await once(server.stdout, "data");
    const endpoint = `http://127.0.0.1:${`${port}`.trim()}`;
    const env = { ...process.env, AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER", AWS_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true", NODE_NO_WARNINGS: "1" };
    const script = (...args) => run(process.execPath, [here("gets.js"), endpoint, `${CONNECTIONS}`, ...args], { env });
    const filled = script("fill", `${OBJECTS}`, here("../../www/public/samples/phone.jpg"));
    if (filled.status !== 0) throw new Error(filled.stderr);
    const times = await contest(
      {
        tilewise: () => run(process.execPath, [cli, "--ndjson", "--connections", `${CONNECTIONS}`, "--endpoint", endpoint, "s3://photos"], { env, cwd: here("..") }),
        "GETs by Amazon's client": () => script("client"),
        "GETs by Node, unsigned": () => script("bare"),
      },
      ROUNDS,
      (name, { status, stdout, stderr }) => {
        const count = name === "tilewise" ? stdout.trim().split("\n").filter((line) => JSON.parse(line).facts?.width === 1200).length : Number(stdout);
        if (status !== 0 || count !== OBJECTS) throw new Error(`${name} read ${count} objects: ${stderr}`);
      },
    );
    report(`${whole(OBJECTS)} objects of s3rver, 16 KB of each, ${CONNECTIONS} at once`, "objects a second", OBJECTS, times);
  } finally {
    server.kill();
  }
}

/** Photographs of 12 megapixels made 1,024 pixels long, JPEG of quality 80. */
async function fitting() {
  const folder = join(work, "photographs");
  const fitted = join(work, "fitted");
  mkdirSync(folder);
  const first = join(folder, "0.jpg");
  if (isOnce) copyFileSync(here("../../www/public/samples/phone.jpg"), first);
  else if (run(python, [here("../../tests/e2e/photograph.py"), first]).status !== 0) throw new Error("no photograph was made");
  for (let index = 1; index < PHOTOGRAPHS; index++) copyFileSync(first, join(folder, `${index}.jpg`));
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const into = (call) => () => {
    rmSync(fitted, { recursive: true, force: true });
    mkdirSync(fitted);
    return call();
  };
  const sizes = {};
  const times = await contest(
    {
      tilewise: into(() => run(process.execPath, [cli, "fit", folder, "--out", fitted, "--max-side", "1024", "--quality", "80"])),
      sharp: into(() => run(process.execPath, [here("sharp.js"), folder, fitted, `${CORES}`])),
      "vips thumbnail": into(() => run("xargs", ["-0", "-P", `${CORES}`, "-I{}", "vipsthumbnail", "--size", "1024x1024", "-o", `${fitted}/%s.jpg[Q=80,strip]`, "{}"], { input: paths.join("\0") })),
    },
    ROUNDS,
    (name, { status, stderr }) => {
      const made = readdirSync(fitted).map((file) => join(fitted, file));
      if (status !== 0 || made.length !== PHOTOGRAPHS) throw new Error(`${name} made ${made.length} files: ${stderr}`);
      sizes[name] = statSync(made[0]).size;
    },
  );
  report(`${PHOTOGRAPHS} photographs of 12 megapixels to 1,024 pixels, JPEG of quality 80, ${CORES} cores`, "photos a second", PHOTOGRAPHS, times);
  print(`\nBytes of a result: ${Object.entries(sizes).map(([name, bytes]) => `${name} ${whole(bytes)}`).join(", ")}.`);
}

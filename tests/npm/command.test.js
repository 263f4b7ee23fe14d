/** The command of the package, as a shell runs it. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { example } from "./support/documents.js";
import { python } from "./support/environment.js";
import { fixturePath, PHOTO } from "./support/fixtures.js";
import { createProject } from "./support/project.js";
import { output } from "./support/run.js";
import { serve } from "./support/server.js";

const project = await createProject({ after });
const command = join(project.folder, "node_modules/.bin/tilewise");
const folder = join(project.folder, "images");
/** Of names that no other test wants. */
const strange = join(project.folder, "strange");

const TERMINAL = fileURLToPath(new URL("support/terminal.py", import.meta.url));

const FILES = {
  "upright.png": "png/rgb.png",
  "turned.jpg": PHOTO,
  "clip.mp4": "mp4/h264.mp4",
  "wrong-name.png": "webp/animated.webp",
  "deep/er/small.gif": "gif/87a.gif",
};

before(async () => {
  await mkdir(join(folder, "deep/er"), { recursive: true });
  await mkdir(strange);
  for (const [name, fixture] of Object.entries(FILES)) await copyFile(fixturePath(fixture), join(folder, name));
  await writeFile(join(folder, "notes.txt"), "Not an image.\n");
  await writeFile(join(folder, "broken.jpg"), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
});

/** Runs it in a folder of images, as a pipe sees it. */
function tilewise(args, { input = "", cwd = folder } = {}) {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr });
    });
    child.stdin.end(input);
  });
}

/** A model that has both rules, and documented limits. */
const K26 = ["--model", "moonshotai/Kimi-K2.6"];

/** What it writes to a terminal of so many columns, of names that are strange. */
const onTerminal = (columns, args, env) => output(python, [TERMINAL, columns, command, ...args], { cwd: strange, env });

const json = async (args, options) => JSON.parse((await tilewise(["--json", ...args], options)).stdout);

test("a table fits a terminal of 80 columns, and warnings leave the status at 0", async () => {
  const { status, stdout } = await tilewise(["upright.png", "turned.jpg", "clip.mp4", "--model", "moonshotai/Kimi-K2.6", "--text", "What is this?"]);
  assert.equal(status, 0);
  const [table, remarks, notes] = stdout.split("\n\n").slice(1);
  assert.equal(
    table,
    [
      "FILE         TYPE  PIXELS    SIZE  TILES  TOKENS       COST",
      "upright.png  png    64×48   200 B    4×3      12  $0.000011",
      "turned.jpg   jpeg   90×60  1.1 KB    6×4      24  $0.000023",
      "clip.mp4     mp4    64×48  2.5 KB    4×3      12  $0.000011",
      "request                    5.4 KB             60  $0.000057",
    ].join("\n"),
  );
  assert.match(remarks, /^warning {2}request: Kimi K2\.6 was switched off .* on 2026-10-16\./);
  assert.match(remarks, /^warning {2}turned\.jpg: .*orientation 6.*upright/m);
  assert.match(notes, /^note {5}/);
  assert.ok(table.split("\n").every((line) => line.length <= 80));
  assert.doesNotMatch(stdout, /\u001b/, "no colour in a pipe");
});

test("both rules stand side by side, and in JSON each is what it is alone", async () => {
  const files = ["upright.png", "turned.jpg"];
  const { stdout } = await tilewise([...files, "--rule", "both", ...K26]);
  const [head, table] = stdout.split("\n\n");
  assert.equal(head, "moonshotai/Kimi-K2.6, both rules");
  assert.equal(
    table,
    [
      "FILE         TYPE  PIXELS    SIZE  PUBLISHED       COST  PROCESSOR        COST",
      "upright.png  png    64×48   200 B         12  $0.000011          6  $0.0000057",
      "turned.jpg   jpeg   90×60  1.1 KB         24  $0.000023         12   $0.000011",
      "request                    2.0 KB         44  $0.000042         36   $0.000034",
    ].join("\n"),
  );
  assert.equal(stdout.match(/orientation 6/g).length, 1, "what both find is said once");
  const both = await json([...files, "--rule", "both", ...K26]);
  for (const [rule, of] of [["published", "estimate"], ["processor", "processor"]]) {
    const alone = await json([...files, "--rule", rule, ...K26]);
    assert.deepEqual(both.requests[0][of], alone.requests[0].estimate);
  }
  assert.equal("processor" in (await json(files)).requests[0], false);
});

describe("a name cannot command a terminal", () => {
  // Clears the screen; in C1 as well; deletes; forges a line; shows "gpj.exe" the other way round.
  const NAMES = ["\u001b[2J.png", "\u009b2J.png", "\u007f\b.png", "a\nerror    b.png", "\u202egpj.png", "\u2066x\u2069.png"];
  const COMMANDS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

  before(() => Promise.all(NAMES.map((name) => copyFile(fixturePath(PHOTO), join(strange, name)))));

  test("in the table and in remarks it is shown escaped, on one line", async () => {
    const { stdout } = await tilewise(NAMES, { cwd: strange });
    assert.doesNotMatch(stdout, COMMANDS);
    for (const shown of ["\\u001b[2J.png", "\\u009b2J.png", "\\u007f\\u0008.png", "a\\u000aerror    b.png", "\\u202egpj.png", "\\u2066x\\u2069.png"]) {
      const lines = stdout.split("\n");
      assert.ok(lines.some((line) => line.startsWith(`${shown} `)), `the table shows ${shown}`);
      assert.ok(lines.some((line) => line.startsWith(`warning  ${shown}: `)), `a remark shows ${shown}`);
    }
  });

  test("of a file that is not there", async () => {
    const { stdout } = await tilewise(NAMES.map((name) => `no ${name}`));
    assert.doesNotMatch(stdout, COMMANDS);
    assert.match(stdout, /^error {4}no \\u001b\[2J\.png: there is no such file$/m);
  });

  test("on a terminal the only commands are colours of its own", async () => {
    const written = await onTerminal("80", NAMES, { NO_COLOR: "" });
    assert.match(written, /\u001b\[33mwarning\u001b\[39m/);
    assert.doesNotMatch(written.replace(/\u001b\[\d+m/g, ""), COMMANDS);
    assert.doesNotMatch(await onTerminal("80", NAMES, { NO_COLOR: "1" }), COMMANDS);
  });

  test("nor can an option, on standard error", async () => {
    for (const args of [["--\u001b[2J", "x"], ["--rule", "\u009b2J\n\u202e", "x"], ["--max-tokens", "\u007f", "x"], ["--text", "\u001b", "--text=\u001b", "--\u202e"]]) {
      const { status, stderr } = await tilewise(args);
      assert.equal(status, 2);
      assert.match(stderr, /^tilewise: .*\\u[02]0.*\nSee tilewise --help\.\n$/);
      assert.doesNotMatch(stderr, COMMANDS);
    }
    assert.doesNotMatch((await tilewise(["-m", "\u001b]0;x\u0007", "upright.png"])).stdout, COMMANDS);
  });

  test("JSON has it escaped as well, and is exact", async () => {
    const { stdout } = await tilewise(["--json", ...NAMES, "no \u009b\u202e.png"], { cwd: strange });
    assert.doesNotMatch(stdout, COMMANDS);
    const { requests, failures } = JSON.parse(stdout);
    assert.deepEqual(requests[0].files.map(({ name }) => name), NAMES);
    assert.deepEqual(failures.map(({ name }) => name), ["no \u009b\u202e.png"]);
  });
});

describe("columns stand under each other in the cells of a terminal", () => {
  // Two cells a character; none for a mark that combines; two for what five code points make.
  const CELLS = { "写真です.png": 12, "cafe\u0301.png": 8, "👩‍👩‍👧.png": 6, "한국어.png": 10, "ｶﾞ.png": 6 };

  before(() => Promise.all(Object.keys(CELLS).map((name) => copyFile(fixturePath("png/rgb.png"), join(strange, name)))));

  test("whatever characters a name has", async () => {
    const { stdout } = await tilewise(Object.keys(CELLS), { cwd: strange });
    const [heading, ...lines] = stdout.split("\n\n")[1].split("\n");
    const type = heading.indexOf("TYPE");
    for (const [index, [name, cells]] of Object.entries(CELLS).entries()) {
      assert.equal(lines[index].slice(0, name.length), name);
      assert.equal(lines[index].slice(name.length).indexOf("png") + cells, type, name);
    }
  });

  test("a name that is too long loses its beginning between two characters", async () => {
    const name = `${"写真".repeat(20)}e\u0301.png`;
    for (const one of [name, "写.png"]) await copyFile(fixturePath("png/rgb.png"), join(strange, one));
    const lines = (await onTerminal("50", [name, "写.png"], { NO_COLOR: "1" })).split("\n\n")[1].split("\n");
    // 17 cells are left for it, one of them for "…"; the last is not enough for another character.
    assert.match(lines[1], /^…真写真写真e\u0301\.png {3}png /);
    assert.match(lines[2], /^写\.png {13}png /);
  });
});

test("remarks wrap to a terminal's width under themselves, and never in a pipe", async () => {
  const long = `${"a long name ".repeat(10)}.jpg`;
  await copyFile(fixturePath(PHOTO), join(strange, long));
  const lines = (await onTerminal("60", [long], { NO_COLOR: "1" })).trimEnd().split("\n");
  assert.ok(lines.every((line) => line.length <= 60), lines.join("\n"));
  const first = lines.findIndex((line) => line.startsWith("warning  a long name"));
  const further = lines.slice(first + 1, lines.indexOf("", first));
  assert.ok(further.length >= 3);
  assert.ok(further.every((line) => /^ {9}\S/.test(line)), further.join("\n"));
  const { stdout } = await tilewise([long], { cwd: strange });
  assert.match(stdout, new RegExp(`^${long} +jpeg`, "m"));
  assert.match(stdout, new RegExp(`^warning  ${long}: .*orientation 6.*upright`, "m"));
});

test("the example of the documents runs", async () => {
  const [, ...args] = example("command").trim().replace("npx ", "").split(" ");
  await copyFile(fixturePath(PHOTO), join(folder, "photo.jpg"));
  assert.equal(args[0], "photo.jpg");
  const { status, stdout } = await tilewise(args);
  assert.equal(status, 0);
  assert.match(stdout, /photo\.jpg .* 12 /);
});

test("JSON holds facts and the estimate of the one request", async () => {
  const { model, requests, failures } = await json(["upright.png", "clip.mp4", "--rule", "processor", "--max-tokens", "100", ...K26]);
  assert.equal(model, "moonshotai/Kimi-K2.6");
  assert.deepEqual(failures, []);
  const [{ files, estimate }, ...others] = requests;
  assert.deepEqual(others, []);
  assert.deepEqual(files.map(({ name, facts }) => [name, facts.format]), [["upright.png", "png"], ["clip.mp4", "mp4"]]);
  assert.equal(estimate.rule, "processor");
  assert.equal(estimate.media.length, 2);
  assert.ok(estimate.cost.maxOutputUsd > 0);
});

test("with --each every file is a request, and a model's limits are checked for each", async () => {
  const many = Array.from({ length: 101 }, () => "upright.png");
  const together = await tilewise([...many, ...K26]);
  assert.equal(together.status, 1);
  assert.match(together.stdout, /^error {4}request: 101 images/m);
  const { requests } = await json([...many, "--each", ...K26]);
  assert.equal(requests.length, 101);
  assert.deepEqual(requests.flatMap(({ estimate }) => estimate.violations.filter(({ severity }) => severity === "error")), []);
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

test("the default model is the first current one of Baseten, whose assumed limits warn", async () => {
  const { model, requests } = await json(Array.from({ length: 101 }, () => "upright.png"));
  assert.equal(model, "moonshotai/Kimi-K3");
  assert.deepEqual(requests[0].estimate.violations.map(({ code, severity }) => [code, severity]), [["too_many_images", "warning"]]);
});

describe("--compare", () => {
  test("lists every current model that takes the files, cheapest first", async () => {
    const { stdout, status } = await tilewise(["upright.png", "--compare"]);
    assert.equal(status, 0);
    const [heading, ...rows] = stdout.split("\n\n")[2].split("\n");
    assert.match(heading, /^MODEL +PROVIDER +TOKENS +COST × 1,000 +SEES +CERTAINTY$/);
    assert.ok(rows.length > 50);
    assert.match(stdout, /^claude-opus-5 +anthropic +[\d,]+ +\$[\d.]+ +64×48 +exact$/m);
  });

  test("of some providers, written apart or with an equals sign, before files and behind them", async () => {
    for (const args of [["--compare", "openai,xai", "upright.png"], ["upright.png", "--compare=openai,xai"]]) {
      const { requests } = await json(args);
      const providers = new Set(requests[0].compared.map(({ model }) => model.provider));
      assert.deepEqual([...providers].toSorted(), ["openai", "xai"]);
    }
    const { requests } = await json(["--compare", "upright.png"]);
    assert.deepEqual(requests[0].files.map(({ name }) => name), ["upright.png"]);
  });

  test("with --each compares each file", async () => {
    const { requests } = await json(["upright.png", "turned.jpg", "--each", "--compare", "anthropic"]);
    assert.deepEqual(requests.map(({ compared }) => compared.length > 5), [true, true]);
  });
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
    "a list without a name": [["-"], /list on standard input is empty/],
    "a list of empty lines": [["-"], /list on standard input is empty/, "\n\n"],
    "an unknown option": [["--frobnicate", "upright.png"], /frobnicate/],
    "a rule that is none": [["--rule", "mine", "upright.png"], /--rule must be one of published, processor, both/],
    "a number that is none": [["--max-tokens", "many", "upright.png"], /--max-tokens must be a number/],
    "a provider that is none": [["--provider", "nowhere", "upright.png"], /there is no provider "nowhere": known are baseten, openai/],
    "a comparison with none": [["--compare=openai,nowhere", "upright.png"], /there is no provider "nowhere"/],
    "a share above 1": [["--cached-share", "2", "upright.png"], /between 0 and 1/],
  };
  for (const [name, [args, message, input]] of Object.entries(uses)) {
    test(name, async () => {
      const { status, stdout, stderr } = await tilewise(args, { input });
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

#!/usr/bin/env node
/** `tilewise`: what files cost a vision model, and whether the provider would take them. */
import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import init, { models } from "../node.js";
import { isMainThread } from "node:worker_threads";
import { bulk } from "./bulk.js";
import { FIT_HELP, fit } from "./fit.js";
import { HELP, isBulk, type Options, parse } from "./options.js";
import { report, violations } from "./report.js";
import { terminal, visible, visibleJson } from "./terminal.js";
import { type Outcome, judge } from "./judge.js";
import { namesFrom } from "./names.js";
import { serveThread } from "./threads.js";
import { WrongUse } from "./wrong-use.js";

/** Fine; a file or the request has an error; wrong use. */
const enum Status {
  Fine = 0,
  Found = 1,
  WrongUse = 2,
}

if (isMainThread) {
  await run();
} else {
  await init();
  serveThread();
}

async function run(): Promise<void> {
  // The program that reads the output may have seen enough, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") process.stderr.write(`tilewise: the output cannot be written: ${visible(error.message)}\n`);
    process.exit(error.code === "EPIPE" ? Status.Fine : Status.Found);
  });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function explain(error: unknown): Status {
  const isWrongUse = error instanceof WrongUse || (error instanceof Error && "code" in error && error.code === "invalid_argument");
  const ofSystem = error instanceof Error && "syscall" in error;
  // Else a fault of this program, with the stack for a report.
  const lines = isWrongUse ? [error.message, "See tilewise --help."] : ofSystem ? [error.message] : inspect(error).split("\n");
  process.stderr.write(`tilewise: ${lines.map(visible).join("\n")}\n`);
  return isWrongUse ? Status.WrongUse : Status.Found;
}

async function main(args: string[]): Promise<Status> {
  const [first, ...rest] = args;
  // A file of that name is ./fit.
  if (first === "fit") return fitting(rest);
  if (args.some((arg) => arg === "--help" || arg === "-h")) return print(HELP);
  if (args.some((arg) => arg === "--version" || arg === "-v")) return print(await version());
  await init();
  const options = parse(args, [...new Set(models().map(({ provider }) => provider))]);
  if (isBulk(options)) return (await bulk(options)) ? Status.Found : Status.Fine;
  const names = await namesFrom(options);
  const outcome = await judge(names, options);
  print(options.json ? visibleJson(JSON.stringify(outcome, undefined, 2)) : report(outcome, options, terminal(process.stdout)));
  return isFound(outcome, options) ? Status.Found : Status.Fine;
}

async function fitting(args: string[]): Promise<Status> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) return print(FIT_HELP);
  await init();
  return (await fit(args)) ? Status.Found : Status.Fine;
}

function print(text: string): Status {
  process.stdout.write(`${text.trimEnd()}\n`);
  return Status.Fine;
}

async function version(): Promise<string> {
  const manifest = await readFile(new URL("./package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function isFound({ failures, requests }: Outcome, { strict }: Options): boolean {
  return failures.length > 0 || requests.flatMap(violations).some(({ severity }) => strict || severity === "error");
}

/** Bundlers and runtimes, with the examples of the repository as their projects. */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.js";

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const tools = root("tests/npm/tools");

/** The program of a tool. */
export const bin = (name) => join(tools, "node_modules/.bin", name);
export const bun = join(tools, "node_modules/@oven/bun-linux-x64/bin/bun");

/** A build may wait for other builds. */
const TIMEOUT_MS = 180_000;

/**
 * An example as its reader has it after `npm install`: the tools lie above it, the package in it, as it was
 * packed. Removed after the test or the file that asks for it.
 */
export async function exampleProject(context, project, example) {
  await mkdir(join(tools, "projects"), { recursive: true });
  const folder = await mkdtemp(join(tools, "projects", `${example}-`));
  context.after(() => rm(folder, { recursive: true }));
  await cp(root(`examples/${example}`), folder, { recursive: true });
  await cp(project.packageFolder, join(folder, "node_modules/tilewise"), { recursive: true });
  return folder;
}

/** Runs a tool in a project, to a good end. */
export async function build(folder, program, args, env = {}) {
  const { code, stdout, stderr } = await run(program, args, { cwd: folder, env, timeout: TIMEOUT_MS });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}\n${stdout}\n${stderr}`);
}

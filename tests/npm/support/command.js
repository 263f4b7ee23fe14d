/** The command of the package, as a shell runs it. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { join } from "node:path";

export const commandOf = (project) => join(project.folder, "node_modules/.bin/tilewise");

/** A function that runs a command in a folder, as a pipe sees it. */
export const runner =
  (command, folder) =>
  (args, { input = "", cwd = folder, env = {}, uid } = {}) =>
    new Promise((resolve) => {
      const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 30, ...(uid === undefined ? {} : { uid, gid: uid }) };
      const child = execFile(command, args, options, (error, stdout, stderr) => {
        resolve({ status: error?.code ?? 0, signal: error?.signal ?? null, stdout, stderr });
      });
      // One that refuses its options reads no list.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });

/** Runs it until so much of its output is there, and ends it there as a machine that fails would. Gives the signal that ended it.
 *
 *  @param output.folder Where it appears.
 *  @param output.size How much of it is there. */
export async function killAfter(enough, command, args, { cwd, input, output: { folder, size } }) {
  const child = spawn(command, args, { cwd, stdio: ["pipe", "ignore", "inherit"] });
  const closed = once(child, "close");
  const watcher = watch(folder, { recursive: false }, async () => {
    if ((await size()) >= enough) child.kill("SIGKILL");
  });
  child.stdin.on("error", () => {});
  if (typeof input === "string") child.stdin.end(input);
  else input.pipe(child.stdin);
  const [, signal] = await closed;
  watcher.close();
  return signal;
}

export const lines = (text) => text.split("\n").filter(Boolean);

export const records = (text) => lines(text).map((line) => JSON.parse(line));

/** Rows of CSV as objects, by a reader of its own. */
export function rows(text) {
  const [header, ...rest] = lines(text).map((line) => {
    const found = [];
    let [cell, isQuoted] = ["", false];
    for (let at = 0; at < line.length; at++) {
      if (isQuoted && line[at] === '"' && line[at + 1] === '"') cell += line[++at];
      else if (line[at] === '"') isQuoted = !isQuoted;
      else if (line[at] === "," && !isQuoted) [cell, found[found.length]] = ["", cell];
      else cell += line[at];
    }
    return [...found, cell];
  });
  return rest.map((row) => Object.fromEntries(header.map((column, index) => [column, row[index]])));
}

/** Programs of which the output matters. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";

const TIMEOUT_MS = 40_000;

/** Runs a program to its end, whatever that is. */
export function run(program, args, { cwd, env, timeout = TIMEOUT_MS } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      // Anything but a number: it did not start, or was killed.
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}

/** What a program prints that must succeed. */
export async function output(program, args, options) {
  const { code, stdout, stderr } = await run(program, args, options);
  assert.equal(code, 0, `${program} ${args.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

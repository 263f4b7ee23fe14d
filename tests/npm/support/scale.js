/** Proofs that run small with the other tests, and whole by `cargo xtask scale`, which wants their figures. */
import { appendFileSync } from "node:fs";
import { loadavg } from "node:os";

const path = process.env.TILEWISE_SCALE;

export const isWhole = Boolean(path);

/** How many of something, in either case. */
export const scaled = (small, whole) => (isWhole ? whole : small);

/** So that a test that takes minutes when it is whole is not ended before. */
export const TIMEOUT = isWhole ? 60 * 60 * 1000 : 5 * 60 * 1000;

/** Notes a figure beside the load of the machine. */
export function note(proof, figures) {
  if (path) appendFileSync(path, `${JSON.stringify({ proof, ...figures, load: loadavg()[0].toFixed(1) })}\n`);
}

/** Numbers that look random, and are the same each time. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

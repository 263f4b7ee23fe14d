/** Verdicts and times of contestants. Runs in Node and in pages. */
import { median, shuffled } from "./statistics.js";

/** A contestant that takes a second is timed once. */
const LONG_MS = 1000;

/**
 * Contestants are functions from a file to its facts, by name; entries are `{ file, outcomes }`. Leaves in
 * each outcome what `judge` says, "right", "wrong" or "fails".
 */
export async function judgeAll(contestants, entries, judge) {
  for (const { file, outcomes } of entries) {
    for (const [name, call] of Object.entries(contestants)) outcomes[name] = { verdict: await judge(name, call, file) };
  }
}

/**
 * Leaves in each outcome that is right the milliseconds of one call; the first of the rounds warms up. All in turn on each file, in any
 * order, and each time once untimed before: so that none pays for what another left to collect or to close.
 */
export async function timeAll(contestants, entries, calls, rounds) {
  for (let round = 0; round < rounds; round++) {
    for (const { file, outcomes } of entries) {
      for (const [name, call] of shuffled(Object.entries(contestants))) {
        const outcome = outcomes[name];
        // To fail may be quicker or slower than to answer; neither is of interest.
        if (outcome.verdict !== "right" || outcome.ms !== undefined) continue;
        const first = await time(call, file, 1);
        if (first >= LONG_MS) {
          outcome.ms = first;
          continue;
        }
        const elapsed = await time(call, file, calls);
        if (round > 0) (outcome.samples ??= []).push(elapsed);
      }
    }
  }
  for (const outcome of entries.flatMap(({ outcomes }) => Object.values(outcomes))) {
    if (outcome.samples) outcome.ms = median(outcome.samples);
    delete outcome.samples;
  }
}

/** What is computed is used, lest it not be computed. */
let used = 0;

async function time(call, file, calls) {
  const started = performance.now();
  for (let index = 0; index < calls; index++) {
    let facts = call(file);
    // One that answers at once need not wait.
    if (facts instanceof Promise) facts = await facts;
    used += facts.width;
  }
  const elapsed = performance.now() - started;
  if (Number.isNaN(used)) throw new Error("an answer has no width");
  return elapsed / calls;
}

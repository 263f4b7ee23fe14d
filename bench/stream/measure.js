/** Times of all contestants by the size of chunks. Runs in Node and in pages. */
import { median, shuffled } from "../common/statistics.js";
import { makeAnswer, streamOf } from "./answer.js";
import { contestants } from "./contestants.js";

/** The first warms up. */
const ROUNDS = 6;
const MEGABYTE = 1_000_000;

/** Bytes of an answer, sizes of chunks. Of the long one only whether time grows with length is of interest. */
const CONTESTS = [
  { megabytes: 10, sizes: [16, 1024, 65_536], rounds: ROUNDS },
  { megabytes: 100, sizes: [1024, 65_536], rounds: 2 },
];

/** Gives for each contest `{ megabytes, size, seconds }`, the seconds by contestant. */
export async function measure(chat) {
  const results = [];
  for (const { megabytes, sizes, rounds } of CONTESTS) {
    const answer = makeAnswer(megabytes * MEGABYTE);
    for (const size of sizes) results.push({ megabytes, size, seconds: await timeAll(contestants(chat), answer, size, rounds) });
  }
  return results;
}

/** Everybody in turn, in any order. */
async function timeAll(contestants, answer, size, rounds) {
  const samples = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of shuffled(Object.entries(contestants))) {
      const started = performance.now();
      const said = await run(streamOf(answer.bytes, size));
      const seconds = (performance.now() - started) / 1000;
      if (said && (said.length !== answer.length || said.tokens !== answer.tokens)) {
        throw new Error(`${name} read ${JSON.stringify(said)} of ${answer.length} characters and ${answer.tokens} tokens`);
      }
      if (round > 0) (samples[name] ??= []).push(seconds);
    }
  }
  return Object.fromEntries(Object.entries(contestants).map(([name]) => [name, median(samples[name])]));
}

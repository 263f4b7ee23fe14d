/** Answers, reads and times of all contestants on all videos. Runs in Node and in pages. */
import { timeAll } from "../common/contest.js";
import { groupBy, spread, sum } from "../common/statistics.js";
import { watch } from "../common/watch.js";
import { contestants } from "./contestants.js";
import { judge } from "./judge.js";

/** A reader that looks at every packet takes its time. */
const TIMED_PER_GROUP = 12;

/** Files are `{ name, truth, group, blob }`. Gives for each each contestant's verdict, reads, bytes and milliseconds. */
export async function measure(inspect, files, rounds) {
  // One of them warns of codecs that it does not know, which takes time and drowns the tables.
  console.warn = () => {};
  const everybody = contestants(inspect);
  for (const file of files) file.ranges = await watch(file.blob, () => inspect(file.blob));
  const entries = files.map((file) => ({ file, outcomes: {} }));
  for (const entry of entries) await judgeAndCount(everybody, entry);
  const groups = Object.values(groupBy(entries, ({ file }) => file.group));
  await timeAll(everybody, groups.flatMap((entries) => spread(entries, TIMED_PER_GROUP)), 1, rounds);
  return entries.map(({ file: { name, group }, outcomes }) => ({ name, group, outcomes }));
}

async function judgeAndCount(contestants, { file, outcomes }) {
  for (const [name, call] of Object.entries(contestants)) {
    const outcome = {};
    const ranges = await watch(file.blob, async () => {
      outcome.verdict = await judge(name, call, file);
    });
    outcome.reads = ranges.length;
    outcome.bytes = sum(ranges.map(([start, end]) => end - start));
    outcomes[name] = outcome;
  }
}

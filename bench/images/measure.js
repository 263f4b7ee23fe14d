/** Answers and times of all contestants on all images. Runs in Node and in pages. */
import { judgeAll, timeAll } from "../common/contest.js";
import { groupBy, spread, sum } from "../common/statistics.js";
import { watch } from "../common/watch.js";
import { fromBlob, fromMemory, fromWholeBlob, HEAD } from "./contestants.js";
import { judge } from "./judge.js";

/** A page's clock goes in steps of 5 µs, and the quickest answer takes a tenth of one. */
const CALLS_FROM_MEMORY = 100;
/** Whole files take their time. */
const FROM_BLOB_PER_GROUP = 12;

/**
 * Files are `{ name, truth, group, bytes, blob }`; `others` are contestants that only this runtime has. Gives for
 * each file how much is read of it, and each contestant's verdict and milliseconds.
 */
export async function measure({ inspect, inspectSync }, files, rounds, others = {}) {
  for (const file of files) file.ranges = await watch(file.blob, () => inspect(file.blob));
  const memory = files.map((file) => ({ file, outcomes: {} }));
  const contestants = fromMemory(inspect, inspectSync);
  await judgeAll(contestants, memory, judge);
  await timeAll(contestants, memory, CALLS_FROM_MEMORY, rounds);

  const blob = files.map((file) => ({ file, outcomes: {} }));
  const groups = Object.values(groupBy(blob, ({ file }) => file.group));
  const timed = groups.flatMap((entries) => spread(entries, FROM_BLOB_PER_GROUP));
  // Apart, lest anybody wait while the megabytes of another are collected.
  for (const contestants of [{ ...fromBlob(inspect), ...others }, fromWholeBlob]) {
    await judgeAll(contestants, blob, judge);
    await timeAll(contestants, timed, 1, rounds);
  }

  return files.map((file, index) => ({
    name: file.name,
    group: file.group,
    bytes: bytesRead(file),
    memory: memory[index].outcomes,
    blob: blob[index].outcomes,
  }));
}

const bytesRead = ({ blob, ranges }) => ({
  tilewise: sum(ranges.map(([start, end]) => end - start)),
  "any peer, 64 KB": Math.min(blob.size, HEAD),
  "any peer, whole": blob.size,
});

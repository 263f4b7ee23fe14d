/** Microseconds for each of so many media or files. */
import { prepare } from "../images/files.js";
import { median, shuffled } from "../common/statistics.js";
import { draft } from "../estimate/draft.js";

/** What everybody sends: of photographs the first few kilobytes are read, of a PNG the first line. */
const FILES = ["jpeg/baseline.jpg", "jpeg/orientation-6.jpg", "png/rgb.png", "webp/lossy.webp"];

/** The shortest time that is measured as a whole, in calls of one media item or file. */
const LEAST = 200;

export async function measure({ compare, estimate, inspect, inspectSync }, folder, counts, rounds) {
  const files = await prepare(folder, FILES);
  const each = (count, of) => Array.from({ length: count }, (_, index) => of(files[index % files.length]));
  const tasks = {
    "compare, every current model": (count) => once(compare, draft(count)),
    "inspect, files on a disk": (count) => () => Promise.all(each(count, ({ blob }) => inspect(blob))),
    estimate: (count) => once(estimate, draft(count)),
    "inspectSync, in memory": (count) => () => each(count, ({ bytes }) => inspectSync(bytes)),
  };
  const samples = Object.fromEntries(Object.keys(tasks).map((name) => [name, counts.map(() => [])]));
  for (let round = 0; round < rounds; round++) {
    for (const [index, count] of shuffled([...counts.entries()])) {
      for (const [name, task] of shuffled(Object.entries(tasks))) {
        const us = await time(task(count), Math.ceil(LEAST / count));
        // The first round warms up.
        if (round > 0) samples[name][index].push(us / count);
      }
    }
  }
  return Object.entries(samples).map(([name, each]) => ({ name, us: each.map(median) }));
}

const once = (call, draft) => () => [call(draft)];

async function time(task, calls) {
  const started = performance.now();
  let results;
  for (let call = 0; call < calls; call++) results = await task();
  const elapsed = performance.now() - started;
  if (results.some((result) => !result)) throw new Error("a call has no result");
  return (elapsed * 1000) / calls;
}

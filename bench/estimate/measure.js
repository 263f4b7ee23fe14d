/** Microseconds of one call. Runs in Node and in pages. */
import { median, shuffled } from "../common/statistics.js";
import { draft } from "./draft.js";
import { estimatePlainly } from "./plain.js";

const COUNTS = [0, 1, 96];

export function measure({ estimate }, { rounds, calls }) {
  return COUNTS.map((count) => {
    const request = draft(count);
    hold(estimate(request), estimatePlainly(request));
    const contestants = {
      tilewise: () => estimate(request).mediaTokens,
      plain: () => estimatePlainly(request).mediaTokens,
      // Most of what any call pays: to write the arguments, and to read an answer as long as that of `estimate`.
      JSON: jsonOf(request, estimate(request)),
    };
    const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, call] of shuffled(Object.entries(contestants))) {
        const us = time(call, Math.ceil(calls / (count + 1)));
        if (round > 0) samples[name].push(us);
      }
    }
    return { count, us: Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)])) };
  });
}

function jsonOf(request, answer) {
  const text = JSON.stringify(answer);
  return () => JSON.stringify(request).length + JSON.parse(text).mediaTokens;
}

/** Both compute the same, or the comparison is of nothing. */
function hold(estimate, plain) {
  estimate.media.forEach(({ tokens }, index) => {
    for (const rule of ["published", "processor"]) {
      const expected = plain.media[index].tokens[rule];
      if (tokens[rule] !== expected) throw new Error(`image ${index}, ${rule}: ${tokens[rule]}, and plainly ${expected}`);
    }
  });
}

/** What is computed is used, lest it not be computed. */
let used = 0;

function time(call, calls) {
  const started = performance.now();
  for (let index = 0; index < calls; index++) used += call();
  const elapsed = performance.now() - started;
  if (Number.isNaN(used)) throw new Error("an estimate has no tokens");
  return (elapsed * 1000) / calls;
}

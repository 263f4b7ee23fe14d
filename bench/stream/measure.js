/** Megabytes a second of all contestants on one answer. Runs in Node and in pages. */
import { median, shuffled } from "../common/statistics.js";
import { answerFetch, makeAnswer } from "./answer.js";
import { contestants } from "./contestants.js";

const MB = 1_000_000;
const SIZES = [16, 1024, 65_536];
const LONG_SIZES = [1024, 65_536];

/** An answer that is not right is an error. */
export async function measure(chat, { short, long }) {
  const all = contestants(chat);
  const { tilewise } = all;
  return {
    rates: await measureAll(all, SIZES, short),
    long: await measureAll({ tilewise }, LONG_SIZES, long),
  };
}

async function measureAll(contestants, sizes, { length, rounds }) {
  const { bytes, truth } = makeAnswer(length);
  const results = [];
  for (const size of sizes) {
    const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    const restore = answerFetch(bytes, size);
    for (let round = 0; round < rounds; round++) {
      for (const [name, run] of shuffled(Object.entries(contestants))) {
        const started = performance.now();
        const said = await run();
        const elapsed = performance.now() - started;
        check(name, said, name === "bare" ? { bytes: bytes.length } : truth);
        if (round > 0) samples[name].push(bytes.length / MB / (elapsed / 1000));
      }
    }
    restore();
    const rates = Object.entries(samples).map(([name, samples]) => [name, median(samples)]);
    results.push({ size, rates: Object.fromEntries(rates) });
  }
  return results;
}

function check(name, said, truth) {
  for (const [what, value] of Object.entries(truth)) {
    if (said[what] !== value) throw new Error(`${name}: ${what} is ${said[what]}, not ${value}`);
  }
}

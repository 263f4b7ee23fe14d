/** What a contestant of Node's takes; prints it as JSON. */
import { readFileSync } from "node:fs";

/** `load` gives a function from a text to its tokens, and what it holds beside JavaScript's heap. */
export async function measure(load) {
  const { texts, rounds } = JSON.parse(readFileSync(0, "utf8"));
  const used = () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  const started = performance.now();
  const { count, heldBytes } = await load();
  await count("Hello");
  const loadMs = performance.now() - started;
  const counts = {};
  for (const [name, text] of Object.entries(texts)) {
    // The short one often enough to be seen by the clock.
    const times = Math.max(1, Math.round(10_000 / text.length));
    const ms = [];
    let tokens = 0;
    for (let round = 0; round <= rounds; round++) {
      const begun = performance.now();
      for (let index = 0; index < times; index++) tokens = await count(text);
      // The first round warms up.
      if (round > 0) ms.push((performance.now() - begun) / times);
    }
    counts[name] = { tokens, ms };
  }
  console.log(JSON.stringify({ loadMs, heldBytes: used() - before + heldBytes(), counts }));
}

/** The table of one runtime. */
import { printTable, short } from "../common/table.js";

export function report(runtime, results) {
  console.log(`\n${runtime}: tilewise's MB/s, and how many times its time the others take\n`);
  const others = Object.keys(results[0].seconds).filter((name) => name !== "tilewise");
  const rows = results.map(({ megabytes, size, seconds }) => [
    `${megabytes} MB by ${size} bytes`,
    short(megabytes / seconds.tilewise),
    ...others.map((name) => short(seconds[name] / seconds.tilewise)),
  ]);
  printTable(["", "tilewise", ...others], rows);
}

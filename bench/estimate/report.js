/** The tables of one runtime. */
import { printTable, short } from "../common/table.js";

export function report(runtime, results, coldMs) {
  console.log(`\n${runtime}: microseconds of an estimate, how many times as long that is, and estimates a second\n`);
  printTable(
    ["pictures", "tilewise", "plain", "JSON alone", "a second"],
    results.map(({ count, us }) => [
      count,
      short(us.tilewise),
      short(us.tilewise / us.plain),
      short(us.tilewise / us.JSON),
      Math.round(1e6 / us.tilewise).toLocaleString("en-GB"),
    ]),
  );
  console.log(`\n${runtime}: ${short(coldMs)} ms from the import to the first estimate`);
}

/** The tables of one runtime. */
import { columns, print, printTable, short, title, whole } from "../common/table.js";

export function report(runtime, results, cold) {
  title(`${runtime}: an estimate`);
  printTable(
    ["images", ...columns("µs", ["plain", "JSON alone"]), "tilewise, estimates a second"],
    results.map(({ count, us }) => [
      count,
      short(us.tilewise),
      short(us.plain / us.tilewise),
      short(us.JSON / us.tilewise),
      whole(1e6 / us.tilewise),
    ]),
  );
  const ratio = short(cold.empty / cold.tilewise);
  print(`\n${runtime}: ${short(cold.tilewise)} ms from the import to the first estimate; an empty program of this size is loaded in ${ratio} × the time`);
}

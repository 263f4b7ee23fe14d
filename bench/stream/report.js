/** The tables of one runtime. */
import { columns, printTable, short, title } from "../common/table.js";

export function report(runtime, { rates, long }) {
  title(`${runtime}: an answer of 10 MB`);
  const others = Object.keys(rates[0].rates).filter((name) => name !== "tilewise");
  const rows = rates.map(({ size, rates }) => [
    size,
    short(rates.tilewise),
    ...others.map((name) => short(rates.tilewise / rates[name])),
  ]);
  printTable(["chunks, bytes", ...columns("MB/s", others)], rows);
  title(`${runtime}: an answer of 100 MB`);
  const short10 = (size) => rates.find((result) => result.size === size).rates.tilewise;
  printTable(
    ["chunks, bytes", "tilewise, MB/s", "× its MB/s on 10 MB"],
    long.map(({ size, rates }) => [size, short(rates.tilewise), short(rates.tilewise / short10(size))]),
  );
}

/** The tables of one runtime. */
import { printTable, short } from "../common/table.js";

export function report(runtime, { rates, long }) {
  console.log(`\n${runtime}: tilewise's MB/s on 10 MB, and how many times as fast it is as the others\n`);
  const others = Object.keys(rates[0].rates).filter((name) => name !== "tilewise");
  const rows = rates.map(({ size, rates }) => [
    `${size} bytes`,
    short(rates.tilewise),
    ...others.map((name) => short(rates.tilewise / rates[name])),
  ]);
  printTable(["chunks", "tilewise", ...others], rows);
  console.log(`\n${runtime}: tilewise's MB/s on 100 MB, and how many times as fast it is as on 10 MB\n`);
  const short10 = (size) => rates.find((result) => result.size === size).rates.tilewise;
  printTable(
    ["chunks", "tilewise", "of 10 MB"],
    long.map(({ size, rates }) => [`${size} bytes`, short(rates.tilewise), short(rates.tilewise / short10(size))]),
  );
}

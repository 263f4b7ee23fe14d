/** The tables of one runtime. */
import { groupBy, median, quantile, sum } from "../common/statistics.js";
import { columns, printTable, short, title, whole } from "../common/table.js";

export function report(runtime, results) {
  title(`${runtime}: how many files each gets right and wrong, and on how many it fails`);
  printAnswers(results);
  title(`${runtime}: how many files of a format each gets right, from memory`);
  printRight(results);
  title(`${runtime}: bytes read of a Blob or file: median / 90th percentile / most`);
  printBytes(results);
  title(`${runtime}: time a file from memory; the others' where both are right`);
  printTimes(results, "memory", "µs", 1000);
  title(`${runtime}: time a file from a Blob; the others' where both are right`);
  printTimes(results, "blob", "ms", 1);
}

function printAnswers(results) {
  const rows = ["memory", "blob"].flatMap((source) =>
    contestants(results, source)
      .filter((name) => name !== "bare")
      .map((name) => {
        const count = (verdict) => results.filter((result) => result[source][name].verdict === verdict).length;
        return [`${name} (${source})`, count("right"), count("wrong"), count("fails")];
      }),
  );
  printTable(["contestant", "right, files", "wrong, files", "fails, files"], rows);
}

function printRight(results) {
  const names = contestants(results, "memory");
  const rows = groups(results).map(([group, results]) => {
    const right = (name) => results.filter(({ memory }) => memory[name].verdict === "right").length;
    return [group, results.length, ...names.map(right)];
  });
  printTable(["format", "all, files", ...names.map((name) => `${name}, files`)], rows);
}

function printBytes(results) {
  const names = Object.keys(results[0].bytes);
  const rows = groups(results).map(([group, results]) => [
    group,
    ...names.map((name) => {
      const bytes = results.map(({ bytes }) => bytes[name]);
      return [median(bytes), quantile(bytes, 0.9), Math.max(...bytes)].map(whole).join(" / ");
    }),
  ]);
  printTable(["format", ...names.map((name) => `${name}, bytes`)], rows);
}

/** Times of a file add up, so that a slow file counts as much as it is felt. */
function printTimes(results, source, unit, scale) {
  const timed = results.filter((result) => result[source].tilewise.ms !== undefined);
  const others = contestants(results, source).filter((name) => name !== "tilewise");
  const total = (results, name) => sum(results.map((result) => result[source][name].ms));
  const rows = groups(timed).map(([group, results]) => [
    group,
    short((total(results, "tilewise") / results.length) * scale),
    ...others.map((name) => {
      const both = results.filter((result) => result[source][name].ms !== undefined);
      return both.length > 0 ? short(total(both, name) / total(both, "tilewise")) : "none right";
    }),
  ]);
  printTable(["format", ...columns(unit, others)], rows);
}

const contestants = (results, source) => Object.keys(results[0][source]);

const groups = (results) => [...Object.entries(groupBy(results, ({ group }) => group)), ["all", results]];

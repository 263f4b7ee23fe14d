/** The tables of one runtime. */
import { groupBy, median, quantile, sum } from "../common/statistics.js";
import { printTable, short, whole } from "../common/table.js";

export function report(runtime, results) {
  const title = (what) => console.log(`\n${runtime}: ${what}\n`);
  const names = Object.keys(results[0].outcomes);
  const contestants = names.filter((name) => name !== "bare");
  title("how many films each gets right / wrong / on how many it fails");
  printGroups(results, contestants, countVerdicts);
  title("bytes read of a Blob where right: median / 90th percentile / most");
  printGroups(results, contestants, (results, name) => spreadOf(results, name, "bytes"));
  title("reads of a Blob where right: median / 90th percentile / most");
  printGroups(results, contestants, (results, name) => spreadOf(results, name, "reads"));
  title("tilewise's ms a film from a Blob, and how many times that the others take where both are right");
  printGroups(results, names, timeOf);
}

function printGroups(results, names, cell) {
  const groups = [...Object.entries(groupBy(results, ({ group }) => group)), ["all", results]];
  const rows = groups.map(([group, results]) => [group, results.length, ...names.map((name) => cell(results, name))]);
  printTable(["", "films", ...names], rows);
}

function countVerdicts(results, name) {
  const count = (verdict) => results.filter(({ outcomes }) => outcomes[name].verdict === verdict).length;
  return [count("right"), count("wrong"), count("fails")].join(" / ");
}

function spreadOf(results, name, what) {
  const right = results.filter(({ outcomes }) => outcomes[name].verdict === "right");
  const values = right.map(({ outcomes }) => outcomes[name][what]);
  if (values.length === 0) return "none right";
  return [median(values), quantile(values, 0.9), Math.max(...values)].map(whole).join(" / ");
}

/** Times of a film add up, so that a slow film counts as much as it is felt. */
function timeOf(results, name) {
  const both = results.filter(({ outcomes }) => outcomes.tilewise.ms !== undefined && outcomes[name].ms !== undefined);
  if (both.length === 0) return "none right";
  const total = (name) => sum(both.map(({ outcomes }) => outcomes[name].ms));
  return short(name === "tilewise" ? total(name) / both.length : total(name) / total("tilewise"));
}

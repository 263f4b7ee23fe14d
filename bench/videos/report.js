/** The tables of one runtime. */
import { groupBy, median, quantile, sum } from "../common/statistics.js";
import { columns, printTable, short, title, whole } from "../common/table.js";

export function report(runtime, results) {
  const names = Object.keys(results[0].outcomes);
  const contestants = names.filter((name) => name !== "bare");
  const inUnit = (unit) => contestants.map((name) => `${name}, ${unit}`);
  title(`${runtime}: how many videos each gets right / wrong / on how many it fails`);
  printGroups(results, contestants, inUnit("videos"), countVerdicts);
  title(`${runtime}: bytes read of a Blob where right: median / 90th percentile / most`);
  printGroups(results, contestants, inUnit("bytes"), (results, name) => spreadOf(results, name, "bytes"));
  title(`${runtime}: reads of a Blob where right: median / 90th percentile / most`);
  printGroups(results, contestants, inUnit("reads"), (results, name) => spreadOf(results, name, "reads"));
  title(`${runtime}: time a video from a Blob; the others' where both are right`);
  printGroups(results, names, columns("ms", names.slice(1)), timeOf);
}

function printGroups(results, names, header, cell) {
  const groups = [...Object.entries(groupBy(results, ({ group }) => group)), ["all", results]];
  const rows = groups.map(([group, results]) => [group, results.length, ...names.map((name) => cell(results, name))]);
  printTable(["format", "all, videos", ...header], rows);
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

/** Times of a video add up, so that a slow video counts as much as it is felt. */
function timeOf(results, name) {
  const both = results.filter(({ outcomes }) => outcomes.tilewise.ms !== undefined && outcomes[name].ms !== undefined);
  if (both.length === 0) return "none right";
  const total = (name) => sum(both.map(({ outcomes }) => outcomes[name].ms));
  return short(name === "tilewise" ? total(name) / both.length : total(name) / total("tilewise"));
}

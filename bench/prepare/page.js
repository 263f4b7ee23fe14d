/** One contestant in a page of its own. */
import { median } from "../common/statistics.js";
import { contestants } from "./contestants.js";
import { ssim } from "./ssim.js";

/** Each photograph is prepared as often as there are rounds, once before them to warm up, and on until the total. */
globalThis.measureInPage = async (files, { name, rounds, total }) => {
  if (!crossOriginIsolated) throw new Error("the page is not isolated, and its clock is coarse");
  const chosen = [...document.querySelector("input").files];
  const run = await contestants[name]();
  await run(chosen[0]);

  let longestTask = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
  });
  observer.observe({ type: "longtask" });
  const times = [];
  const outputs = [];
  for (let index = 0; index < rounds * chosen.length; index++) {
    const started = performance.now();
    outputs[index % chosen.length] = await run(chosen[index % chosen.length]);
    times.push(performance.now() - started);
  }
  for (let index = times.length; index < total; index++) await run(chosen[index % chosen.length]);
  // Tasks are told behind those who wait for them.
  await new Promise((resolve) => setTimeout(resolve, 200));
  observer.disconnect();

  const alike = [];
  for (const [index, output] of outputs.entries()) {
    const reference = await (await fetch(`/references/${index}`)).blob();
    alike.push(await ssim(output, reference));
  }
  const types = new Set(outputs.map(({ type }) => type));
  return { ms: median(times), longestTask, bytes: median(outputs.map(({ size }) => size)), ssim: median(alike), types: [...types] };
};

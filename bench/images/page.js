/** The contest in a page. It is bundled, but for the package, which is served as it was built. */
import init, { inspect, inspectSync, preload } from "/tilewise/index.js";
import { measure } from "./measure.js";

globalThis.measureInPage = async (files, rounds) => {
  if (!crossOriginIsolated) throw new Error("the page is not isolated, and its clock is coarse");
  await init();
  await preload(["formats"]);
  const chosen = document.querySelector("input").files;
  for (const [index, file] of files.entries()) {
    const response = await fetch(`/fixtures/${file.name}`);
    file.bytes = new Uint8Array(await response.arrayBuffer());
    file.blob = chosen[index];
  }
  return measure({ inspect, inspectSync }, files, rounds);
};

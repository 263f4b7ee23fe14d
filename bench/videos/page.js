/** The contest in a page. It is bundled, but for the package, which is served as it was built. */
import init, { inspect } from "/tilewise/index.js";
import { measure } from "./measure.js";

globalThis.measureInPage = async (files, rounds) => {
  await init();
  const chosen = document.querySelector("input").files;
  return measure(
    inspect,
    files.map((file, index) => ({ ...file, blob: chosen[index] })),
    rounds,
  );
};

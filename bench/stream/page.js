/** The contest in a page. It is bundled, but for the package, which is served as it was built. */
import init, { chat } from "/tilewise/index.js";
import { measure } from "./measure.js";

globalThis.measureInPage = async (_, effort) => {
  if (!crossOriginIsolated) throw new Error("the page is not isolated, and its clock is coarse");
  await init();
  return measure(chat, effort);
};

/** Everybody's way from a file, `{ blob }`, to its facts. Runs in Node and in pages. */
import { bare } from "../common/bare.js";
import { compute, readMetadata } from "./mediabunny.js";

export const contestants = (inspect) => ({
  tilewise: ({ blob }) => inspect(blob),
  bare,
  "mediabunny, metadata": ({ blob }) => readMetadata(blob),
  "mediabunny, computed": ({ blob }) => compute(blob),
});

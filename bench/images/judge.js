/** Whether an answer is right, with every doubt in the peers' favour. */
import { judgeBy } from "../common/judge.js";

/** In CSS pixels, with letters of the usual size: how long the units are that one peer gives for SVG. */
const UNITS = { px: 1, in: 96, cm: 96 / 2.54, mm: 96 / 25.4, pt: 96 / 72, pc: 16, em: 16, ex: 8 };

const FACTS = ["format", "width", "height", "displayWidth", "displayHeight", "orientation"];

const isExact = (facts, truth) => FACTS.every((name) => facts[name] === truth[name]);

/** Of several sizes, as icons and HEIC have them, any will do, though only the header tells which. */
const isGoodEnough = (facts, truth) =>
  [facts, ...(facts.images ?? facts.variants ?? [])].some((size) => isCloseEnough({ ...facts, ...size }, truth));

/** The size as stored, as displayed, or as displayed but not turned, rounded either way. */
function isCloseEnough({ width, height, wUnits = "px", hUnits = "px" }, truth) {
  const { displayWidth, displayHeight, orientation } = truth;
  const accepted = [
    [truth.width, truth.height],
    [displayWidth, displayHeight],
  ];
  if (orientation >= 5) accepted.push([displayHeight, displayWidth]);
  const [across, down] = [width * UNITS[wUnits], height * UNITS[hUnits]];
  return accepted.some(([width, height]) => Math.abs(across - width) < 1 && Math.abs(down - height) < 1);
}

export const judge = judgeBy(isExact, isGoodEnough);

/** Whether an answer is right, with every doubt in the peer's favour. */
import { judgeBy } from "../common/judge.js";

/** Of a video that does not tell its rate, how long a frame may last. */
const SLOW_FRAME_MS = 50;

const EXACT = ["format", "width", "height", "displayWidth", "displayHeight", "rotation", "codec", "hasAudio"];

/** Durations and counts within a frame, rates as far as time stamps of a millisecond tell. */
function isExact(facts, truth) {
  const about = (name, tolerance) =>
    facts[name] === truth[name] || (truth[name] !== null && Math.abs(facts[name] - truth[name]) <= tolerance);
  return (
    EXACT.every((name) => facts[name] === truth[name]) &&
    about("durationMs", frameMs(truth) + 1) &&
    about("frameCount", 1) &&
    about("frameRate", truth.frameRate / 1000)
  );
}

/**
 * The size as displayed, turned or not, or as stored; the duration from the first frame or from nought. What it
 * does not say, or the truth does not, is right.
 */
function isGoodEnough({ width, height, rotation, start = 0, duration, packetCount }, truth) {
  const about = (found, wanted, tolerance) =>
    (found ?? null) === null || wanted === null || Math.abs(found - wanted) <= tolerance;
  const { displayWidth, displayHeight } = truth;
  const sizes = [
    [displayWidth, displayHeight],
    [displayHeight, displayWidth],
    [truth.width, truth.height],
  ];
  return (
    sizes.some((size) => about(width, size[0], 1) && about(height, size[1], 1)) &&
    rotation === truth.rotation &&
    [0, start].some((start) => about(duration && (duration - start) * 1000, truth.durationMs, frameMs(truth) + 1)) &&
    about(packetCount, truth.frameCount, 1)
  );
}

const frameMs = ({ frameRate }) => (frameRate ? 1000 / frameRate : SLOW_FRAME_MS);

export const judge = judgeBy(isExact, isGoodEnough);

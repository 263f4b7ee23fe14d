/**
 * Makes a judge: "right", "wrong", or "fails" for an error or no answer. tilewise is held to `isExact`, its
 * peers to `isGoodEnough`; the bare reads answer nothing.
 */
export const judgeBy = (isExact, isGoodEnough) => async (name, call, file) => {
  if (name === "bare") return "right";
  let facts;
  try {
    facts = await call(file);
  } catch {
    return "fails";
  }
  if (!facts) return "fails";
  const isRight = name.startsWith("tilewise") ? isExact : isGoodEnough;
  return isRight(facts, file.truth) ? "right" : "wrong";
};

/** For files that everybody can read: an error where anybody's answer is not right. `outcomes` are by contestant. */
export function requireRight(file, outcomes) {
  for (const [name, { verdict }] of Object.entries(outcomes)) {
    if (verdict !== "right") throw new Error(`${name} on ${file}: ${verdict}`);
  }
}

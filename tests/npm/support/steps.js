/** Answers of which the local endpoint sends each piece when the test asks for it. */
import { randomUUID } from "node:crypto";
import { origin } from "./environment.js";

/** The fault of one such answer, and what asks for more of its pieces. */
export function stepwise() {
  const id = randomUUID();
  return { fault: `stepwise;id=${id}`, step: (count = 1) => fetch(`${origin}/steps/${id}/${count}`, { method: "POST" }) };
}

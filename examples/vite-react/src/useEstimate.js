import { useEffect, useState } from "react";
import { estimate, inspect } from "tilewise";

const NOTHING = {};

/** The facts of a file and what it costs to ask about it; an empty object until they are known. */
export function useEstimate(file) {
  const [outcome, setOutcome] = useState(NOTHING);

  useEffect(() => {
    setOutcome(NOTHING);
    if (!file) return;
    const controller = new AbortController();
    inspect(file, { signal: controller.signal })
      .then((facts) => {
        const media = [{ facts, via: "base64", data: file }];
        const draft = { model: "moonshotai/Kimi-K3", text: "What is this?", media, maxTokens: 500 };
        return { draft, facts, estimated: estimate(draft) };
      })
      .catch((error) => ({ error }))
      // Ignored if another file has replaced this one.
      .then((outcome) => controller.signal.aborted || setOutcome(outcome));
    return () => controller.abort();
  }, [file]);

  return outcome;
}

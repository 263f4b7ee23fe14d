import { useEffect, useState } from "react";
import { estimate, inspect } from "tilewise";

const NOTHING = {};

/** What a file is and what it costs to ask about it; an empty object until that is known. */
export function useEstimate(file) {
  const [outcome, setOutcome] = useState(NOTHING);

  useEffect(() => {
    setOutcome(NOTHING);
    if (!file) return;
    const controller = new AbortController();
    inspect(file, { signal: controller.signal })
      .then((facts) => {
        const media = [{ facts, via: "base64", data: file }];
        const draft = { model: "moonshotai/Kimi-K2.6", text: "What is this?", media, maxTokens: 500 };
        return { draft, facts, estimated: estimate(draft) };
      })
      .catch((error) => ({ error }))
      // A file that was replaced meanwhile is of no interest.
      .then((outcome) => controller.signal.aborted || setOutcome(outcome));
    return () => controller.abort();
  }, [file]);

  return outcome;
}

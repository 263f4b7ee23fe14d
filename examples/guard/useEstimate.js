import { useEffect, useState } from "react";
import { estimateBody } from "tilewise";

/** What a request body costs, as you would send it: an estimate, `{ error }`, or null until it is known. */
export function useEstimate(body, options) {
  const [outcome, setOutcome] = useState(null);
  // Each rendering makes another object of the same body.
  const text = JSON.stringify(body);
  const assumed = JSON.stringify(options);

  useEffect(() => {
    let isCurrent = true;
    setOutcome(null);
    estimateBody(text, assumed && JSON.parse(assumed))
      .catch((error) => ({ error }))
      .then((estimate) => isCurrent && setOutcome(estimate));
    return () => {
      isCurrent = false;
    };
  }, [text, assumed]);

  return outcome;
}

import { useEffect, useRef, useState } from "react";
import { chat } from "tilewise";

export function Answer({ draft, disabled }) {
  const [text, setText] = useState("");
  const [error, setError] = useState(null);
  const stream = useRef(null);

  // Stop paying for an answer that is no longer shown.
  useEffect(() => () => stream.current?.abort(), []);

  async function ask() {
    stream.current?.abort();
    setText("");
    setError(null);
    const answer = chat(draft, { baseUrl: "/v1" });
    stream.current = answer;
    try {
      for await (const event of answer) {
        if (event.type === "text") setText((text) => text + event.text);
      }
    } catch (error) {
      if (error.code !== "aborted") setError(error);
    }
  }

  return (
    <>
      <button onClick={ask} disabled={disabled}>
        Ask
      </button>
      {error && <p role="alert">{`${error.code}: ${error.message}`}</p>}
      <output>{text}</output>
    </>
  );
}

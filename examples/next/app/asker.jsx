"use client";

import { useRef, useState } from "react";
import { estimate, inspect } from "tilewise";

const MODEL = "moonshotai/Kimi-K3";
const QUESTION = "What is this?";

/** Estimates in the page; the server asks, because it has the key. */
export function Asker() {
  const [file, setFile] = useState(null);
  const [status, setStatus] = useState("");
  const [answer, setAnswer] = useState("");
  const latest = useRef(null);

  async function choose(chosen) {
    latest.current = chosen;
    setFile(null);
    setStatus("");
    setAnswer("");
    if (!chosen) return;
    try {
      const facts = await inspect(chosen);
      if (latest.current !== chosen) return;
      const media = [{ facts, via: "base64", data: chosen }];
      const { inputTokens, cost, violations } = estimate({ model: MODEL, text: QUESTION, media });
      const figures = `${facts.width}×${facts.height} ${facts.format}, ${inputTokens} tokens, $${cost.inputUsd}`;
      setStatus([figures, ...violations.map(({ message }) => message)].join(". "));
      if (!violations.some(({ severity }) => severity === "error")) setFile(chosen);
    } catch (error) {
      if (latest.current === chosen) setStatus(`${error.code}: ${error.message}`);
    }
  }

  async function ask() {
    setAnswer("");
    const form = new FormData();
    form.set("image", file);
    form.set("text", QUESTION);
    try {
      const response = await fetch("/api/ask", { method: "POST", body: form });
      if (!response.ok) return setStatus((await response.json()).message);
      for await (const piece of pieces(response.body.pipeThrough(new TextDecoderStream()))) {
        if (latest.current !== file) return;
        setAnswer((answer) => answer + piece);
      }
    } catch (error) {
      setStatus(`The answer broke off: ${error.message}`);
    }
  }

  return (
    <>
      <input type="file" accept="image/*" aria-label="Image" onChange={({ target }) => choose(target.files[0])} />
      <button onClick={ask} disabled={!file}>
        Ask
      </button>
      <p role="status">{status}</p>
      <output>{answer}</output>
    </>
  );
}

/** Not every browser can iterate over a stream. Leaving the loop ends the answer. */
async function* pieces(stream) {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}

import { useState } from "react";
import { Answer } from "./Answer.jsx";
import { useEstimate } from "./useEstimate.js";

export function App() {
  const [file, setFile] = useState(null);
  const { draft, facts, estimated, error } = useEstimate(file);
  const refused = estimated?.violations.some(({ severity }) => severity === "error");

  return (
    <main>
      <h1>What an image costs</h1>
      <input type="file" accept="image/*" aria-label="Image" onChange={({ target }) => setFile(target.files[0] ?? null)} />
      {error && <p role="alert">{`${error.code}: ${error.message}`}</p>}
      {file && estimated && (
        <>
          <p role="status">
            {`${facts.width}×${facts.height} ${facts.format}, ${estimated.inputTokens} tokens, $${estimated.cost.inputUsd}`}
          </p>
          <ul>
            {estimated.violations.map(({ code, message, fix }) => (
              <li key={code}>{`${message} ${fix ?? ""}`}</li>
            ))}
          </ul>
          <Answer key={file.name + file.lastModified} draft={draft} disabled={refused} />
        </>
      )}
    </main>
  );
}

import { chat, estimate, inspect, TilewiseError } from "tilewise";

const input = document.querySelector("input");
const button = document.querySelector("button");
const status = document.querySelector("[role=status]");
const output = document.querySelector("output");

let draft;
let answer;

/** A new choice or question cancels the answer before it. */
function start() {
  answer?.abort();
  button.disabled = true;
  output.textContent = "";
}

function explain(error) {
  if (!(error instanceof TilewiseError)) throw error;
  if (error.code !== "aborted") status.textContent = `${error.code}: ${error.message}`;
}

input.addEventListener("change", async () => {
  start();
  const [file] = input.files;
  if (!file) return;
  try {
    const facts = await inspect(file);
    if (file !== input.files[0]) return;
    const media = [{ facts, via: "base64", data: file }];
    draft = { model: "moonshotai/Kimi-K3", text: "What is this?", media, maxTokens: 500 };
    const { inputTokens, cost, violations } = estimate(draft);
    const figures = `${facts.width}×${facts.height} ${facts.format}, ${inputTokens} tokens, $${cost.inputUsd}`;
    status.textContent = [figures, ...violations.map(({ message }) => message)].join(". ");
    button.disabled = violations.some(({ severity }) => severity === "error");
  } catch (error) {
    explain(error);
  }
});

button.addEventListener("click", async () => {
  start();
  // A proxy on the page's own origin adds the key: see docs/proxy.md.
  answer = chat(draft, { baseUrl: "/v1" });
  try {
    for await (const event of answer) {
      if (event.type === "text") output.append(event.text);
    }
  } catch (error) {
    explain(error);
  }
  button.disabled = false;
});

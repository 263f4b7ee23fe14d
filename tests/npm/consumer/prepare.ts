// Uses all that the second entry of the package offers, and every type of its contract.
import init, { prepare, TilewiseError } from "tilewise/prepare";
import type { Goal, ImageFacts, MediaSource, Prepared, PrepareOptions, WasmSource } from "tilewise/prepare";

const binary: WasmSource = new URL("https://example.com/prepare.wasm");
const ready: Promise<void> = init(binary);
await ready;

const goal: Goal = {
  maxBytes: 500_000,
  maxTokens: 5_000,
  rule: "processor",
  model: "moonshotai/Kimi-K2.6",
  maxSide: 2048,
  format: "jpeg",
  quality: 80,
};
const options: PrepareOptions = {
  signal: new AbortController().signal,
  onProgress: (share: number) => console.log(share),
};
const sources: MediaSource[] = [new Blob(), new ArrayBuffer(0), new Uint8Array(), "data:,"];

async function tell(source: MediaSource): Promise<string> {
  try {
    const { blob, facts, tokens, steps, changed }: Prepared = await prepare(source, goal, options);
    const image: ImageFacts = facts;
    const counts: number = (tokens.published ?? 0) + (tokens.processor ?? 0);
    return `${blob.size} ${image.width} ${counts} ${steps.join(", ")} ${changed}`;
  } catch (error) {
    if (error instanceof TilewiseError) return error.code;
    throw error;
  }
}

export const told: string[] = await Promise.all(sources.map(tell));

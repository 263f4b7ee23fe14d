import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import init, { estimate, inspect, TilewiseError, type WasmSource } from "tilewise";
import { guard } from "tilewise/fetch";
import { prepare } from "tilewise/prepare";

const binary: WasmSource = await readFile("tilewise.wasm");
await init(binary);

try {
  const { blob, facts } = await prepare(await openAsBlob("photo.jpg"), { maxSide: 1024 });
  const { inputTokens } = estimate({ model: "moonshotai/Kimi-K2.6", text: "?", media: [{ facts, via: "base64", data: blob }] });
  console.log(inputTokens, (await inspect(new URL("https://example.com/photo.jpg"))).format);
  const guarded = guard({ budgetUsd: 1 });
  console.log((await guarded("https://example.com")).status, guarded.spentUsd);
} catch (error) {
  if (error instanceof TilewiseError) console.log(error.code);
}

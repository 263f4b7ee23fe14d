/** The tokenizer of the npm package, which `cargo xtask site` lays beside this: `www/src/tokenizer.rs` calls it. */
import { setSources } from "./text-engine.js";

setSources({ text: () => new URL("./text.wasm", import.meta.url) });

export { countedBody, load } from "./text-engine.js";

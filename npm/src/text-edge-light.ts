/** `tilewise/text` in Vercel's edge runtime, as in workerd. */
import { setSources } from "./sources.js";
import binary from "./text.wasm?module";

setSources({ text: () => binary });

export { countText, TilewiseError } from "./edge-light.js";

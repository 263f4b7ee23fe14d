/** `tilewise/text` in Cloudflare's runtime. Not in the main entry, since all that a worker imports is uploaded with it. */
import { setSources } from "./sources.js";
import binary from "./text.wasm";

setSources({ text: () => binary });

export { countText, TilewiseError } from "./workerd.js";

/** `tilewise/prepare` in Vercel's edge runtime. As in workerd, but its bundlers want to be told that a module is meant. */
import binary from "./prepare.wasm?module";
import { setSources } from "./sources.js";

setSources({ prepare: () => binary });

export { init as default, prepare, TilewiseError } from "./prepare-api.js";

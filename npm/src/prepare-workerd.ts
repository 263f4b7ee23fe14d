/** `tilewise/prepare` in Cloudflare's runtime, which compiles nothing from bytes: its tools hand over a module. */
import binary from "./prepare.wasm";
import { setSources } from "./sources.js";

setSources({ prepare: () => binary });

export { init as default, prepare, TilewiseError } from "./prepare-api.js";

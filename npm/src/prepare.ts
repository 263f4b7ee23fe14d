/** `tilewise/prepare` wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { ofPackage } from "./beside.js";
import { setSources } from "./sources.js";

setSources({ prepare: () => ofPackage(new URL("./prepare.wasm", import.meta.url)) });

export { init as default, prepare, TilewiseError } from "./prepare-api.js";

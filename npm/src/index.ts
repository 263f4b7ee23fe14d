/** The package wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { setDefaultBinaries } from "./binary.js";

setDefaultBinaries({
  core: () => new URL("./tilewise.wasm", import.meta.url),
  video: () => new URL("./video.wasm", import.meta.url),
});

export * from "./api.js";
export { init as default } from "./binary.js";

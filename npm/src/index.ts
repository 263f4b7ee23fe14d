/** The package wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { ofPackage } from "./beside.js";
import { setDefaultBinaries } from "./binary.js";

setDefaultBinaries({
  core: () => ofPackage(new URL("./tilewise.wasm", import.meta.url)),
  video: () => ofPackage(new URL("./video.wasm", import.meta.url)),
});

export * from "./api.js";
export { init as default } from "./binary.js";

/** The package wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { ofPackage } from "./beside.js";
import { setDefaultBinaries } from "./binary.js";

setDefaultBinaries({
  core: () => ofPackage(new URL("./tilewise.wasm", import.meta.url)),
  formats: () => ofPackage(new URL("./formats.wasm", import.meta.url)),
  network: () => ofPackage(new URL("./network.wasm", import.meta.url)),
});

export * from "./api.js";
export { init as default } from "./binary.js";

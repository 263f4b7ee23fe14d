/** The package wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { ofPackage } from "./beside.js";
import { setSources } from "./sources.js";

setSources({
  core: () => ofPackage(new URL("./tilewise.wasm", import.meta.url)),
  formats: () => ofPackage(new URL("./formats.wasm", import.meta.url)),
  network: () => ofPackage(new URL("./network.wasm", import.meta.url)),
  counting: () => ofPackage(new URL("./counting.wasm", import.meta.url)),
  shared: () => ofPackage(new URL("./shared.wasm", import.meta.url)),
  text: () => ofPackage(new URL("./text.wasm", import.meta.url)),
});

export * from "./api.js";
export { init as default } from "./binary.js";

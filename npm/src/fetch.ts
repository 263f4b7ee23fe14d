/** `tilewise/fetch` wherever fetch reads what lies beside a script: browsers, workers, bundlers. */
import { setPrepare } from "./fetch-api.js";
import "./index.js";

setPrepare(() => import("./prepare.js"));

export { guard } from "./fetch-api.js";

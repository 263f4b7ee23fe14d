/** `tilewise/fetch` in Cloudflare's runtime. */
import { setPrepare } from "./fetch-api.js";
import "./workerd.js";

setPrepare(() => import("./prepare-workerd.js"));

export { guard } from "./fetch-api.js";

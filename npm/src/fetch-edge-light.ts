/** `tilewise/fetch` in Vercel's edge runtime. */
import { setPrepare } from "./fetch-api.js";
import "./edge-light.js";

setPrepare(() => import("./prepare-edge-light.js"));

export { guard } from "./fetch-api.js";

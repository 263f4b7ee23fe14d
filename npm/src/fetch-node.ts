/** `tilewise/fetch` in Node, Deno and Bun. */
import { setPrepare } from "./fetch-api.js";
import "./node.js";

setPrepare(() => import("./prepare-node.js"));

export { guard } from "./fetch-api.js";

/** What talks to servers: the scripts that come with its binary, so that nobody else loads them. */
export { __wbg_reset_state, default, Session } from "./network-binding.js";
export { inspectRemote } from "./remote.js";
export { drive } from "./session.js";

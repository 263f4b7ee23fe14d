/**
 * Exact counts of text. `tilewise` itself counts text exactly once its tokenizer is loaded; import this where a runtime
 * compiles nothing from bytes, such as Cloudflare's and Vercel's edge runtimes: it brings the tokenizer's binary along.
 *
 * @module tilewise/text
 */
export { countText, TilewiseError } from "./tilewise.js";

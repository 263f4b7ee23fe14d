/** `tilewise/text` in Node, whose fetch does not read files. */
export { countText, TilewiseError } from "./node.js";

/** `tilewise/text`: counts of text, wherever the main entry finds the tokenizer by itself. */
export { countText, TilewiseError } from "./index.js";

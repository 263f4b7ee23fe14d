/** A video's size, rotation, duration, codec and frames. */
export { compute, readMetadata } from "../../videos/mediabunny.js";

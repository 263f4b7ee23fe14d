import { imageSize } from "image-size";

/** An image's size, orientation and type. It takes bytes, so it is given the first ones. */
export const inspect = async (blob) => imageSize(new Uint8Array(await blob.slice(0, 64 * 1024).arrayBuffer()));

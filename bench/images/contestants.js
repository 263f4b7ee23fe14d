/** Everybody's way from a file, `{ bytes, blob }`, to its facts. Runs in Node and in pages. */
import { imageMeta } from "image-meta";
import { imageSize } from "image-size";
import probeSync from "probe-image-size/sync.js";
import { bare } from "../common/bare.js";

export const PEERS = {
  "image-size": imageSize,
  "image-meta": imageMeta,
  "probe-image-size": probeSync,
};

export const HEAD = 65_536;

export const fromMemory = (inspect, inspectSync) => ({
  tilewise: ({ bytes }) => inspect(bytes),
  "tilewise, at once": ({ bytes }) => inspectSync(bytes),
  ...eachPeer("", (peer) => ({ bytes }) => peer(bytes)),
});

/** The peers take bytes: their users guess how long the header is, or read the whole blob. */
export const fromBlob = (inspect) => ({
  tilewise: ({ blob }) => inspect(blob),
  bare,
  ...eachPeer(", 64 KB", (peer) => async ({ blob }) => peer(await read(blob.slice(0, HEAD)))),
});

export const fromWholeBlob = eachPeer(", whole", (peer) => async ({ blob }) => peer(await read(blob)));

function eachPeer(suffix, wrap) {
  return Object.fromEntries(Object.entries(PEERS).map(([name, peer]) => [name + suffix, wrap(peer)]));
}

/** In Node a `Buffer`, as its users have: one peer copies less of that. */
async function read(blob) {
  const buffer = await blob.arrayBuffer();
  return globalThis.Buffer ? Buffer.from(buffer) : new Uint8Array(buffer);
}

/** The probe, served from whatever can be read. */
import { checked } from "./abort.js";
import { formats, init, network } from "./binary.js";
import { inspectDataUrl } from "./binding.js";
import { ELSEWHERE, Probe } from "./probe.js";
import type { InspectOptions, MediaFacts, MediaSource } from "./tilewise.js";
import { type Data, invalid, isData, json, read, result, sizeOf } from "./wire.js";
import { TilewiseError } from "./error.js";

export async function inspect(source: MediaSource, options: InspectOptions | null = {}): Promise<MediaFacts> {
  await init();
  const signal = checked(options?.signal);
  const maxBytes = checkedBytes(options?.maxBytes);
  if (isData(source)) return inspectData(source, maxBytes, signal);
  const url = typeof source === "string" ? source : (source as { href?: unknown } | null)?.href;
  if (typeof url !== "string") throw invalid("source", "it must be a Blob, an ArrayBuffer, a Uint8Array, a URL or a string");
  const scheme = /^\s*([a-z]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === "data") {
    const facts = inspectDataUrl(url, maxBytes);
    return result(facts === ELSEWHERE ? (await formats()).inspectDataUrl(url, maxBytes) : facts);
  }
  if (scheme === "http" || scheme === "https") return (await network()).inspectRemote(url, maxBytes, signal);
  throw invalid("source", "a string must be an http(s): or data: URL");
}

function checkedBytes(maxBytes: unknown): number | undefined {
  if (maxBytes == null) return undefined;
  if (typeof maxBytes === "number" && maxBytes >= 0 && Number.isInteger(maxBytes)) return maxBytes;
  throw invalid("options.maxBytes", `it must be a whole number, 0 or more, not ${json("maxBytes", maxBytes)}`);
}

async function inspectData(data: Data, maxBytes: number | undefined, signal: AbortSignal | null | undefined): Promise<MediaFacts> {
  const probe = new Probe(sizeOf(data), maxBytes);
  try {
    for (;;) {
      if (signal?.aborted) throw new TilewiseError("aborted", "the request was aborted");
      const facts = await probe.step();
      if (facts) return facts;
      probe.supply(await read(data, probe.start, probe.end));
    }
  } finally {
    probe.free();
  }
}

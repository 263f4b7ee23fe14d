/** The probe, served from whatever can be read. */
import { Abort, checked } from "./abort.js";
import { init, liberator, video } from "./binary.js";
import { inspectDataUrl, MediaProbe, RemoteFile, RemoteStep } from "./binding.js";
import { Exchange } from "./fetching.js";
import type { InspectOptions, MediaFacts, MediaSource } from "./tilewise.js";
import { type Data, invalid, isData, json, read, result, sizeOf } from "./wire.js";
import { TilewiseError } from "./error.js";

/** Said in place of facts where the binary for videos must look. */
const VIDEO = "?";

/** What both binaries export. */
export interface Probes {
  MediaProbe: new (length: number | undefined, maxBytes: number | undefined) => MediaProbe;
  inspectDataUrl(url: string, maxBytes: number | undefined): string;
}

const PICTURES: Probes = { MediaProbe, inspectDataUrl };

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
    return result(facts === VIDEO ? (await video()).inspectDataUrl(url, maxBytes) : facts);
  }
  if (scheme === "http" || scheme === "https") return inspectRemote(url, maxBytes, signal);
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

async function inspectRemote(url: string, maxBytes: number | undefined, signal: AbortSignal | null | undefined): Promise<MediaFacts> {
  const abort = new Abort(signal);
  const free = liberator();
  const remote = new RemoteFile(url, maxBytes);
  const names = RemoteFile.headerNames().split("\n");
  const exchange = new Exchange(abort, RemoteFile.timeoutMs(), remote);
  let probe = new Probe(undefined, maxBytes);
  try {
    for (;;) {
      const facts = await probe.step();
      if (facts) return { ...facts, bytes: remote.fileBytes ?? null, bytesRead: remote.bytesRead };
      remote.want(probe.start, probe.end);
      let isWanting = true;
      while (isWanting) {
        switch (remote.step) {
          case RemoteStep.Send: {
            const response = await exchange.send(request(remote));
            if (!response) break;
            const headers = names.map((name) => response.headers.get(name) ?? "");
            remote.answered(response.status, response.statusText, response.url, headers);
            break;
          }
          case RemoteStep.Read:
            await exchange.read(() => remote.step === RemoteStep.Read);
            break;
          case RemoteStep.Supply: {
            const { length } = remote;
            if (length !== undefined) probe.setLength(length);
            const bytes = remote.bytes();
            if (bytes) probe.supply(bytes);
            isWanting = false;
            break;
          }
          case RemoteStep.Restart:
            probe.free();
            probe = new Probe(undefined, maxBytes);
            isWanting = false;
            break;
          case RemoteStep.Over:
            return result(remote.error());
        }
      }
    }
  } finally {
    exchange.drop();
    abort.end();
    probe.free();
    free(remote);
  }
}

function request(remote: RemoteFile): Request {
  const { range, url } = remote;
  try {
    // One range with a first byte, and no other header: nothing else goes to another origin without asking
    // it first by a preflight, which few servers of pictures answer (WHATWG Fetch, section 2.2.2,
    // "CORS-safelisted request-header"). That rules out If-Range as well.
    return new Request(url, range === undefined ? {} : { headers: { range } });
  } catch (cause) {
    throw invalid("source", "this is not a URL that can be fetched", cause);
  }
}

/** A probe that goes over to the binary for videos when it meets one, and takes along what was read. */
class Probe {
  readonly #maxBytes: number | undefined;
  readonly #supplied: Uint8Array[] = [];
  #length: number | undefined;
  #probe: MediaProbe;
  readonly #free = liberator();
  #isOfPictures = true;

  constructor(length: number | undefined, maxBytes: number | undefined) {
    this.#length = length;
    this.#maxBytes = maxBytes;
    this.#probe = new PICTURES.MediaProbe(length, maxBytes);
  }

  get start(): number {
    return this.#probe.start;
  }

  get end(): number {
    return this.#probe.end;
  }

  /** The facts, or nothing while it needs the bytes from `start` to `end`. */
  async step(): Promise<MediaFacts | undefined> {
    const outcome = this.#probe.step();
    if (outcome === undefined) return undefined;
    if (outcome !== VIDEO) return result(outcome);
    const { MediaProbe: OfVideos } = await video();
    this.#free(this.#probe);
    this.#probe = new OfVideos(this.#length, this.#maxBytes);
    this.#isOfPictures = false;
    // It asks for the same bytes in the same order, so none is read again.
    for (const bytes of this.#supplied.splice(0)) {
      const early = this.#probe.step();
      if (early !== undefined) return result(early);
      this.#probe.supply(bytes);
    }
    return this.step();
  }

  supply(bytes: Uint8Array): void {
    if (this.#isOfPictures) this.#supplied.push(bytes);
    this.#probe.supply(bytes);
  }

  setLength(length: number): void {
    this.#length = length;
    this.#probe.setLength(length);
  }

  free(): void {
    this.#free(this.#probe);
  }
}

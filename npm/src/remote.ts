/** A file behind a URL, read as `RemoteFile` of the binary says. */
import { Abort } from "./abort.js";
import { liberator } from "./binary.js";
import { Exchange } from "./fetching.js";
import { RemoteFile, RemoteStep } from "./network-binding.js";
import { Probe } from "./probe.js";
import type { MediaFacts } from "./tilewise.js";
import { invalid, result } from "./wire.js";

export async function inspectRemote(url: string, maxBytes: number | undefined, signal: AbortSignal | null | undefined): Promise<MediaFacts> {
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

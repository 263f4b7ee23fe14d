/** Files behind addresses, by Range requests over connections that are kept. */
import * as plain from "node:http";
import * as secure from "node:https";
import { inspect } from "../node.js";
import type { MediaFacts } from "../tilewise.js";
import { isData } from "./item.js";
import { FIRST_BYTES, rangedFile, readAhead, ReadError } from "./ranges.js";

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 200;
/** A server that asks for more patience than this gets none. */
const MAX_WAIT_MS = 30_000;
const SILENCE_MS = 60_000;
const MAX_REDIRECTS = 10;
const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);
/** What is read of an answer that is the whole file. */
const MAX_UNASKED_BYTES = 256 << 10;

interface Answer {
  status: number;
  headers: plain.IncomingHttpHeaders;
  bytes: Uint8Array;
  isWhole: boolean;
  /** Where it came from, behind redirects. */
  url: string;
}

export class HttpFiles {
  private readonly agents: { http: plain.Agent; https: secure.Agent };

  /** @param connections At once to one host. */
  constructor(connections: number) {
    const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections, scheduling: "lifo" as const };
    this.agents = { http: new plain.Agent(options), https: new secure.Agent(options) };
  }

  async inspect(url: string): Promise<MediaFacts> {
    if (isData(url)) return inspect(url);
    const first = await this.get(url, 0, FIRST_BYTES);
    if (first.status === 200 && !first.isWhole) return this.fromStart(first, url);
    const size = sizeOf(first);
    if (size === undefined) return inspect(url);
    const tag = first.headers.etag;
    const read = readAhead(first.bytes, size, async (start, end) => {
      const { status, headers, bytes } = await this.get(first.url, start, end);
      const isOther = (tag !== undefined && headers.etag !== undefined && headers.etag !== tag) || lengthOf(headers) !== size;
      if (status !== 206 || isOther) throw new ReadError("changed", "the file changed while it was read");
      return bytes;
    });
    const { blob, failure } = rangedFile(size, read);
    try {
      return await inspect(blob);
    } catch (error) {
      throw failure() ?? error;
    }
  }

  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  /** Of a server that does no ranges: the start of the file may be enough. */
  private async fromStart(first: Answer, url: string): Promise<MediaFacts> {
    const length = Number(first.headers["content-length"] ?? Number.NaN);
    if (Number.isSafeInteger(length)) {
      const short = new ReadError("short", "more is needed");
      const { blob, failure } = rangedFile(length, (start, end) => {
        if (end > first.bytes.length) throw short;
        return first.bytes.subarray(start, end);
      });
      try {
        return await inspect(blob);
      } catch (error) {
        if (failure() !== short) throw error;
      }
    }
    return inspect(url);
  }

  /** With retries; an answer has status 200, 206 or 416. */
  private async get(url: string, start: number, end: number): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      let wait: number | undefined = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
      let failure: ReadError;
      try {
        const answer = await this.follow(url, start, end);
        if ([200, 206, 416].includes(answer.status)) return answer;
        failure = new ReadError("http", `the server answered ${answer.status} ${plain.STATUS_CODES[answer.status] ?? ""}`.trimEnd());
        if (!BUSY.has(answer.status)) throw failure;
        wait = asked(answer.headers["retry-after"]) ?? wait;
      } catch (error) {
        if (error instanceof ReadError && error.code !== "timeout") throw error;
        failure = error instanceof ReadError ? error : new ReadError("network", reason(error));
      }
      if (attempt >= ATTEMPTS || wait > MAX_WAIT_MS) throw failure;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  private async follow(url: string, start: number, end: number): Promise<Answer> {
    let at = parse(url)?.href;
    if (at === undefined) throw new ReadError("invalid_argument", "it is no http(s) address");
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await this.send(at, start, end);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      const target = parse(location, at);
      if (target === undefined) throw new ReadError("http", "the server points to an address that is none");
      at = target.href;
    }
    throw new ReadError("http", `the server answered with more than ${MAX_REDIRECTS} redirects`);
  }

  private send(url: string, start: number, end: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const isSecure = /^https:/i.test(url);
      const headers = { range: `bytes=${start}-${end - 1}`, "accept-encoding": "identity", accept: "*/*" };
      const request = (isSecure ? secure : plain).get(url, { agent: isSecure ? this.agents.https : this.agents.http, headers }, (response) => {
        const pieces: Buffer[] = [];
        let length = 0;
        const finish = (isWhole: boolean) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(pieces), isWhole, url });
        response.on("data", (piece: Buffer) => {
          pieces.push(piece);
          length += piece.length;
          if (response.statusCode === 206 ? length > end - start : length >= MAX_UNASKED_BYTES) {
            response.removeAllListeners("error").on("error", () => {});
            response.destroy();
            finish(false);
          }
        });
        response.on("end", () => (response.complete ? finish(true) : reject(new Error("the connection broke"))));
        response.on("error", reject);
      });
      request.setTimeout(SILENCE_MS, () => request.destroy(new ReadError("timeout", `the server was silent for ${SILENCE_MS / 1000} seconds`)));
      request.on("error", reject);
    });
  }
}

/** Of the whole file; undefined where the answer does not say. */
function sizeOf({ status, headers, bytes }: Answer): number | undefined {
  // No byte of an empty file can be asked for (RFC 9110, section 14.4).
  if (status === 416) return 0;
  return status === 200 ? bytes.length : lengthOf(headers);
}

/** By a part of it. */
function lengthOf(headers: plain.IncomingHttpHeaders): number | undefined {
  const length = Number(/^bytes \d+-\d+\/(\d+)$/.exec(headers["content-range"] ?? "")?.[1] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}

function parse(address: string, base?: string): URL | undefined {
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** `Retry-After`, in either form, as milliseconds. */
function asked(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOTFOUND") return "there is no such host";
  return message || code || "there was no connection";
}

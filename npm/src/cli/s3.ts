/** Buckets of Amazon S3 and of what speaks its protocol, by Amazon's own client, which is loaded here alone. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect, TilewiseError } from "../node.js";
import type { MediaFacts } from "../tilewise.js";
import type { Item } from "./item.js";
import { FIRST_BYTES, rangedFile, readAhead, ReadError } from "./ranges.js";
import { WrongUse } from "./wrong-use.js";

const LIBRARY = "@aws-sdk/client-s3";
/** With waits that double; a server that is busy for longer fails. */
const ATTEMPTS = 8;

/** Of the library, what is used. */
interface Library {
  S3Client: new (options: object) => Client;
  ListObjectsV2Command: new (input: object) => unknown;
  GetObjectCommand: new (input: object) => unknown;
}

interface Client {
  config: { region(): Promise<string> };
  send(command: unknown): Promise<unknown>;
  destroy(): void;
}

interface Page {
  Contents?: { Key?: string; Size?: number }[];
  NextContinuationToken?: string;
}

interface Part {
  Body?: { transformToByteArray(): Promise<Uint8Array> };
  ContentRange?: string;
  ContentLength?: number;
  ETag?: string;
}

export interface S3Options {
  /** Of another store than Amazon's. */
  endpoint: string | undefined;
  connections: number;
}

export class Buckets {
  /** Requests that wait for one that is under way: the client would take them all, and warn. */
  private readonly waiting: (() => void)[] = [];
  private open = 0;

  private constructor(
    private readonly library: Library,
    private readonly client: Client,
    private readonly connections: number,
  ) {}

  static async connect({ endpoint, connections }: S3Options): Promise<Buckets> {
    const library = await load();
    const elsewhere = endpoint ?? process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"];
    const http = { keepAlive: true, maxSockets: connections };
    const options = {
      ...(endpoint === undefined ? {} : { endpoint }),
      // Most other stores have no host name for each bucket.
      forcePathStyle: elsewhere !== undefined,
      followRegionRedirects: true,
      maxAttempts: ATTEMPTS,
      requestHandler: { httpAgent: http, httpsAgent: http },
      // A part of an object has no checksum of its own.
      responseChecksumValidation: "WHEN_REQUIRED",
    };
    let client = new library.S3Client(options);
    try {
      await client.config.region();
    } catch {
      // None is set. Amazon tells the bucket's own, and other stores do not care.
      client.destroy();
      client = new library.S3Client({ ...options, region: "us-east-1" });
    }
    return new Buckets(library, client, connections);
  }

  /** The objects under a prefix, a page at a time. What ends the listing is the last item. */
  async *list(bucket: string, prefix: string): AsyncGenerator<Item[]> {
    let token: string | undefined;
    do {
      let page: Page;
      try {
        const input = { Bucket: bucket, Prefix: prefix, ...(token === undefined ? {} : { ContinuationToken: token }) };
        page = (await this.client.send(new this.library.ListObjectsV2Command(input))) as Page;
      } catch (error) {
        const { code, message } = failureOf(error);
        yield [{ kind: "unlisted", path: `s3://${bucket}/${prefix}`, code, message: `the bucket could not be listed to its end: ${message}` }];
        return;
      }
      const items: Item[] = [];
      for (const { Key: key, Size: bytes } of page.Contents ?? []) {
        // What consoles make in place of a folder.
        if (key === undefined || (key.endsWith("/") && !bytes)) continue;
        items.push({ kind: "s3", bucket, key, ...(bytes === undefined ? {} : { bytes }) });
      }
      if (items.length > 0) yield items;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async inspect(bucket: string, key: string, listedBytes: number | undefined): Promise<MediaFacts> {
    // An empty range is an error, and no image is empty.
    if (listedBytes === 0) return inspect(new Uint8Array(0));
    try {
      const first = await this.get(bucket, key, 0, FIRST_BYTES);
      const size = Number(/\/(\d+)$/.exec(first.range ?? "")?.[1] ?? first.length);
      const read = readAhead(first.bytes, size, async (start, end) => {
        const { bytes, tag } = await this.get(bucket, key, start, end, first.tag);
        // Some stores do not know the condition.
        if (tag !== first.tag) throw new ReadError("changed", "the object changed while it was read");
        return bytes;
      });
      const { blob, failure } = rangedFile(size, read);
      return await inspect(blob).catch((error: unknown) => {
        throw failure() ?? error;
      });
    } catch (error) {
      if (isOfServer(error)) throw failureOf(error);
      throw error;
    }
  }

  close(): void {
    this.client.destroy();
  }

  private async get(bucket: string, key: string, start: number, end: number, tag?: string) {
    const input = { Bucket: bucket, Key: key, Range: `bytes=${start}-${end - 1}`, ...(tag === undefined ? {} : { IfMatch: tag }) };
    if (this.open >= this.connections) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.open += 1;
    try {
      const { Body, ContentRange, ContentLength, ETag } = (await this.client.send(new this.library.GetObjectCommand(input))) as Part;
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
      return { bytes, range: ContentRange, length: ContentLength ?? bytes.length, tag: ETag };
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.open -= 1;
    }
  }
}

/** From beside the package, or else from the folder in which the command is called. */
async function load(): Promise<Library> {
  // As a variable: no bundler is to look for it.
  const name: string = LIBRARY;
  try {
    return (await import(name)) as Library;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
  }
  try {
    const beside = createRequire(join(process.cwd(), "beside.js"));
    return (await import(pathToFileURL(beside.resolve(name)).href)) as Library;
  } catch {
    throw new WrongUse(
      `to read s3:// tilewise needs the package ${LIBRARY}: run npm install ${LIBRARY}, or npx --package=tilewise --package=${LIBRARY} tilewise ...`,
    );
  }
}

interface ServiceError extends Error {
  $metadata?: { httpStatusCode?: number };
  code?: string;
}

/** What is neither ours nor a fault of the file. */
const isOfServer = (error: unknown): boolean => !(error instanceof ReadError) && !(error instanceof TilewiseError);

function failureOf(error: unknown): ReadError {
  const { name, message, code, $metadata } = error as ServiceError;
  const status = $metadata?.httpStatusCode;
  if (status === 412) return new ReadError("changed", "the object changed while it was read");
  // An answer without a body, as of a HEAD, names no error.
  const known = name === "Error" || name === "UnknownError" || name === "Unknown" ? undefined : name;
  const explained = message && message !== "UnknownError" ? message : status === undefined ? "there was no answer" : `the server answered ${status}`;
  return new ReadError(known ?? code ?? (status === undefined ? "network" : `http_${status}`), explained);
}

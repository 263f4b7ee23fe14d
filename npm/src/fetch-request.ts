/** Which requests are guarded, and their bodies. */

type Fetch = typeof globalThis.fetch;
type Input = Parameters<Fetch>[0];
type Init = Parameters<Fetch>[1];

/** A request that asks a model for something. */
export interface Call {
  readonly input: Input;
  readonly init: Init;
  readonly url: string;
  readonly signal: AbortSignal | undefined;
  /** It speaks Anthropic's messages. */
  readonly isAnthropic: boolean;
  /** The body, where it is at hand as a text or as bytes; undefined for streams and forms, which are not read. */
  text(): Promise<string | undefined>;
}

/** The end of an address's path, which is no host. To parse the address takes four times as long. */
const PATHS = /^(?:(?:[^?#]*[^?#:/])?\/)?(chat\/completions|responses|messages)\/?(?:[?#]|$)/;

/** Undefined for whatever else is fetched. */
export function readCall(input: Input, init: Init): Call | undefined {
  try {
    return read(input, init);
  } catch {
    // Let fetch say what is wrong.
    return undefined;
  }
}

function read(input: Input, init: Init): Call | undefined {
  const request = isRequest(input) ? input : undefined;
  const method = init?.method ?? request?.method ?? "GET";
  const url = request ? request.url : String(input);
  const path = method.toUpperCase() === "POST" ? PATHS.exec(url) : null;
  if (!path) return undefined;
  const headers = init?.headers ?? request?.headers;
  const type = headers && new Headers(headers).get("content-type");
  // A text without a type is what some clients send.
  if (type && !/json/i.test(type)) return undefined;
  return {
    input,
    init,
    url,
    signal: init?.signal ?? request?.signal ?? undefined,
    isAnthropic: path[1] === "messages",
    text: () => textOf(init?.body, request),
  };
}

/** There are others than the global one. */
function isRequest(input: Input): input is Request {
  return typeof input === "object" && "url" in input && typeof input.clone === "function";
}

async function textOf(body: NonNullable<Init>["body"], request: Request | undefined): Promise<string | undefined> {
  if (body === undefined || body === null) {
    // A copy: the request itself is still to be sent.
    return request?.body ? request.clone().text() : undefined;
  }
  if (typeof body === "string") return body;
  if (body instanceof Blob) return body.text();
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  return undefined;
}

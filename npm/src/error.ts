/** The one class of error. */
import type { ChatResult, TilewiseError as Contract, Violation } from "./tilewise.js";

type Code = Contract["code"];

interface Details {
  cause?: unknown;
  status?: number | undefined;
  body?: unknown;
  violations?: Violation[] | undefined;
  partial?: ChatResult | undefined;
}

/** What a binary throws, and what crosses from a worker. */
export interface PlainError extends Details {
  code: Code;
  message: string;
  body?: string;
}

export class TilewiseError extends Error implements Contract {
  override readonly name = "TilewiseError";
  readonly code: Code;
  declare readonly status?: number;
  declare readonly body?: unknown;
  declare readonly violations?: Violation[];
  declare readonly partial?: ChatResult;

  constructor(code: Code, message: string, { cause, ...details }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    Object.assign(this, Object.fromEntries(Object.entries(details).filter(([, detail]) => detail !== undefined)));
  }
}

/** What was caught, as a `TilewiseError`. */
export function toTilewiseError(caught: unknown): TilewiseError {
  if (caught instanceof TilewiseError) return caught;
  if (isPlain(caught)) {
    const { code, message, status, violations, partial, cause } = caught;
    return new TilewiseError(code, message, { status, violations, partial, cause, body: account(caught.body) });
  }
  const message = caught instanceof Error ? caught.message : String(caught);
  return new TilewiseError("internal", message, { cause: caught });
}

/** A file of the package that could not be fetched. */
export function networkError(file: string, { message, cause }: TilewiseError): TilewiseError {
  return new TilewiseError("network", `cannot load ${file}: ${message}`, { cause });
}

/** What a binary throws that panicked, as a `TilewiseError`; its answers are no `Error`. */
export function panicked(cause: Error): TilewiseError {
  const message = `the binary failed (${cause.message}), which is a fault of tilewise: please report what it was given, with the stack of this error's cause`;
  return new TilewiseError("internal", message, { cause });
}

/** A server's own account of an error, which is text, or JSON as text. */
function account(body: string | undefined): unknown {
  if (body === undefined) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function isPlain(value: unknown): value is PlainError {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "code" in value && "message" in value;
}

/** The one class of error. */
import type { ChatResult, TilewiseError as Contract, Violation } from "./tilewise.js";

type Code = Contract["code"];

/** What the binary throws. */
interface Plain {
  code: Code;
  message: string;
  status?: number | null;
  body?: string | null;
  violations?: Violation[] | null;
  partial?: ChatResult | undefined;
}

interface Details extends ErrorOptions {
  status?: number | null;
  body?: unknown;
  violations?: Violation[] | null;
  partial?: ChatResult | undefined;
}

export class TilewiseError extends Error implements Contract {
  override readonly name = "TilewiseError";
  readonly code: Code;
  declare readonly status?: number;
  declare readonly body?: unknown;
  declare readonly violations?: Violation[];
  declare readonly partial?: ChatResult;

  constructor(code: Code, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (typeof details.status === "number") this.status = details.status;
    if (details.body !== undefined) this.body = details.body;
    if (details.violations) this.violations = details.violations;
    if (details.partial) this.partial = details.partial;
  }
}

/** What was caught, as a `TilewiseError`. */
export function toTilewiseError(cause: unknown): TilewiseError {
  if (cause instanceof TilewiseError) return cause;
  if (isPlain(cause)) return new TilewiseError(cause.code, cause.message, { ...cause, body: account(cause.body) });
  const message = cause instanceof Error ? cause.message : String(cause);
  return new TilewiseError("internal", message, { cause });
}

/** What a binary throws that panicked, as a `TilewiseError`; its answers are no `Error`. */
export function panicked(cause: Error): TilewiseError {
  const message = `the binary failed (${cause.message}), which is a fault of tilewise: please report what it was given, with the stack of this error's cause`;
  return new TilewiseError("internal", message, { cause });
}

/** A server's own account of an error, which is text, or JSON as text. */
function account(body: string | null | undefined): unknown {
  if (body == null) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "code" in value && "message" in value;
}

/** `guard`: a fetch that estimates, checks and bills the requests that pass through it. */
import { failure } from "./binary.js";
import { estimateOpen, type OpenBody, openBody } from "./body.js";
import { TilewiseError, toTilewiseError } from "./error.js";
import { observed } from "./fetch-answer.js";
import { Purse, type Reservation } from "./fetch-purse.js";
import { type Call, readCall } from "./fetch-request.js";
import type * as contract from "./tilewise-fetch.js";
import type * as prepareEntry from "./tilewise-prepare.js";
import type { Estimate, Reconciliation, Violation } from "./tilewise.js";

type Fetch = typeof globalThis.fetch;
type Options = contract.GuardOptions;

interface Refusal {
  code: "limit" | "budget";
  message: string;
  violations: Violation[];
}

interface Fitting {
  media: number;
  goal: prepareEntry.Goal;
}

interface Judged {
  verdict: { action: "send" } | ({ action: "refuse" } & Refusal) | { action: "fit"; images: Fitting[] };
  /** Picodollars; null where nothing bounds them. */
  most: string | null;
  unbounded: Refusal | null;
}

/** A call that may be sent. */
interface Checked {
  /** null of what could not be read. */
  body: OpenBody | null;
  most: bigint | null;
  unbounded: Refusal | null;
  /** The text to send in place of the caller's. */
  text?: string;
}

/** How an entry loads `tilewise/prepare`. */
let loadPrepare: () => Promise<Pick<typeof prepareEntry, "prepare">>;

export function setPrepare(load: typeof loadPrepare): void {
  loadPrepare = load;
}

export const guard = ((options: Options = {}) => {
  check(options);
  const purse = new Purse(options.budgetUsd);
  const send: Fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init);
  const guarded: Fetch = async (input, init) => {
    const call = readCall(input, init);
    if (!call || call.signal?.aborted) return send(input, init);
    return guardCall(call, options, purse, send);
  };
  return Object.defineProperty(guarded, "spentUsd", { get: () => purse.spentUsd, enumerable: true });
}) as typeof contract.guard;

function check({ onLimit, maxUsd, budgetUsd }: Options): void {
  if (onLimit !== undefined && !["refuse", "fit", "send"].includes(onLimit)) {
    throw new TilewiseError("invalid_argument", 'options.onLimit: it must be "refuse", "fit" or "send"');
  }
  for (const [name, usd] of Object.entries({ maxUsd, budgetUsd })) {
    if (usd !== undefined && !(typeof usd === "number" && usd >= 0)) {
      throw new TilewiseError("invalid_argument", `options.${name}: it must be US dollars, 0 or more`);
    }
  }
}

async function guardCall(call: Call, options: Options, purse: Purse, send: Fetch): Promise<Response> {
  let checked: Checked | Refusal;
  try {
    checked = await checkCall(call, options);
  } catch (cause) {
    // Whatever it is, it is not the request's fault.
    const { message } = failureOf(cause);
    quietly(options.onEstimate, uncounted(`The request was not checked: ${message}.`));
    const why = `what it may cost is not known, as a budget needs: ${message}`;
    checked = { body: null, most: null, unbounded: budget(why) };
  }
  if ("code" in checked) return refused(call, checked);
  const { body } = checked;
  if (call.signal?.aborted) {
    body?.free();
    return send(call.input, call.init);
  }
  const reservation = reserve(checked, purse);
  if ("code" in reservation) {
    body?.free();
    return refused(call, reservation);
  }
  const end = (isFree: boolean) => settle(body, reservation, isFree, options);
  let answer: Response;
  try {
    const init = checked.text === undefined ? call.init : { ...call.init, body: checked.text };
    answer = await send(call.input, init);
  } catch (cause) {
    // It may have been read, and answered.
    end(false);
    throw cause;
  }
  // An endpoint that refuses a request answers it with nothing that is paid. Of other failures that is not known.
  const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== 408;
  if (!body || !answer.body || !answer.ok) {
    end(isRefused);
    return answer;
  }
  const isComplete = (chunk: Uint8Array) => attempt(() => body.push(chunk)) ?? false;
  return observed(answer, isComplete, () => end(false));
}

/** What becomes of a call, with the text that is to be sent in its place. */
async function checkCall(call: Call, options: Options): Promise<Checked | Refusal> {
  const text = await call.text();
  if (text === undefined) throw new TilewiseError("invalid_argument", "its body is no text, and is not read");
  let opened = await openBody(text);
  try {
    let { judged, estimate } = await judge(opened, call, options);
    const { verdict } = judged;
    if (verdict.action === "fit") {
      const fitted = await attemptAsync(() => fit(opened, estimate, verdict.images));
      if (fitted !== undefined) {
        const before = opened;
        opened = await openBody(fitted);
        before.free();
      }
      // What is still too large is refused.
      ({ judged, estimate } = await judge(opened, call, { ...options, onLimit: "refuse" }));
      const result = outcome(opened, judged, options, estimate);
      return "code" in result || fitted === undefined ? result : { ...result, text: fitted };
    }
    return outcome(opened, judged, options, estimate);
  } catch (cause) {
    opened.free();
    throw cause;
  }
}

async function judge(opened: OpenBody, call: Call, options: Options): Promise<{ judged: Judged; estimate: Estimate }> {
  const { estimate: assumed, provider, facts, inspectUrls, onLimit, maxUsd } = options;
  const estimate = await estimateOpen(opened, { options: assumed, provider, address: call.url, isAnthropic: call.isAnthropic, facts, inspectUrls });
  return { judged: opened.ask<Judged>("judge", { onLimit: onLimit ?? "refuse", maxUsd }), estimate };
}

function outcome(opened: OpenBody, judged: Judged, { onEstimate }: Options, estimate: Estimate): Checked | Refusal {
  quietly(onEstimate, estimate);
  const { verdict, most, unbounded } = judged;
  if (verdict.action === "refuse") {
    opened.free();
    return verdict;
  }
  return { body: opened, most: most === null ? null : BigInt(most), unbounded };
}

/** The text with other data for these images. */
async function fit(opened: OpenBody, { model, provider }: Estimate, images: Fitting[]): Promise<string> {
  const { prepare } = await loadPrepare();
  const files = images.map(async ({ media, goal }) => {
    const [head, number] = opened.ask<[string, number?]>("source", media);
    const source = number === undefined ? head : head + opened.string(number);
    const known = provider === null ? {} : { model, provider };
    const { blob } = await prepare(source, { ...goal, ...known });
    return { media, mime: blob.type, data: new Uint8Array(await blob.arrayBuffer()) };
  });
  const pieces = opened.ask<(string | number)[]>("replace", await Promise.all(files));
  return opened.joined(pieces);
}

function reserve({ most, unbounded }: Checked, purse: Purse): Reservation | Refusal {
  if (!purse.hasBudget) return purse.take(most ?? 0n);
  if (most === null) return unbounded ?? budget("what it may cost is not known, as a budget needs");
  return (
    purse.reserve(most) ??
    budget(`it may cost $${usd(most)}, and $${usd(purse.left)} are left of the budget`)
  );
}

function usd(picodollars: bigint): string {
  return (Number(picodollars) / 1e12).toFixed(4);
}

function budget(why: string): Refusal {
  return { code: "budget", message: `not sent: ${why}.`, violations: [] };
}

/** Ends a call: by its bill, by nothing where it was refused, else at what was reserved. */
function settle(body: OpenBody | null, reservation: Reservation, isFree: boolean, { onBill }: Options): void {
  if (isFree) reservation.settle(0n);
  let billed: { bill: Reconciliation; settled: string | null } | undefined;
  attempt(() => {
    if (!isFree) billed = body?.ask("bill");
    body?.free();
  });
  if (!billed) return;
  if (billed.settled !== null) reservation.settle(BigInt(billed.settled));
  quietly(onBill, billed.bill);
}

/** In the provider's own shape, with a status and a header at which no client tries again. */
function refused({ isAnthropic }: Call, { code, message, violations }: Refusal): Response {
  const type = "invalid_request_error";
  const error = isAnthropic
    ? { type: "error", error: { type, message, code, violations } }
    : { error: { message, type, param: null, code, violations } };
  const headers = { "content-type": "application/json", "x-should-retry": "false" };
  return new Response(JSON.stringify(error), { status: 400, headers });
}

/** What a listener throws breaks no request. */
function quietly<T>(listener: ((value: T) => void) | undefined, value: T): void {
  try {
    listener?.(value);
  } catch {
    // The types say that it is ignored.
  }
}

/** A fault of the binary does not become one of the request. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (cause) {
    failure(cause);
    return undefined;
  }
}

async function attemptAsync<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (cause) {
    failureOf(cause);
    return undefined;
  }
}

function failureOf(cause: unknown): TilewiseError {
  return cause instanceof WebAssembly.RuntimeError ? failure(cause) : toTilewiseError(cause);
}

/** Of a request that could not be read. */
function uncounted(note: string): Estimate {
  const text = { tokens: 0, low: 0, high: 0 };
  return {
    model: "",
    provider: null,
    rule: "published",
    certainty: "unknown",
    media: [],
    mediaTokens: 0,
    earlierMediaTokens: 0,
    text,
    inputTokens: 0,
    exact: false,
    cost: { inputUsd: null, maxOutputUsd: null },
    range: null,
    bodyBytes: 0,
    violations: [],
    notes: [note],
    maxOutputTokens: null,
    price: { input: null, cachedInput: null, output: null },
    priceTiers: [],
    bounds: { published: null, processor: null },
  };
}

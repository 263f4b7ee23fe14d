/**
 * A drop-in for the SDK that an app already uses: a `fetch` that estimates vision requests before they are sent, refuses or
 * fits what a limit forbids, and reads the bill as the answer passes.
 *
 * `new OpenAI({ baseURL, fetch: guard() })`, `createOpenAICompatible({ fetch: guard() })`, `new Anthropic({ fetch: guard() })`.
 *
 * @module tilewise/fetch
 */

import type { Estimate, EstimateOptions, MediaFacts, Reconciliation } from "./tilewise.js";

export type { Estimate, EstimateOptions, MediaFacts, Reconciliation } from "./tilewise.js";

/** The global `fetch`, where TypeScript knows it: by its library DOM, or by the runtime's own types.
 *  @internal */
type Fetch = typeof globalThis extends { fetch: infer Global extends (...arguments: never[]) => unknown }
  ? Global
  : (input: string, init?: object) => Promise<unknown>;

/** What a guard does. */
export interface GuardOptions {
  /** What is called in the end. Default: the global fetch. */
  fetch?: Fetch;
  /** What estimates assume. */
  estimate?: EstimateOptions;
  /** Whose model is meant. Default: the provider at the address of the request, where the catalogue has one; else the first
   *  that has the model. */
  provider?: string;
  /** What lies behind addresses of images, as in `estimateBody`. */
  facts?: Record<string, MediaFacts>;
  /** Reads the headers of images at other addresses before the request is sent, as in `estimateBody`. Default false. */
  inspectUrls?: boolean;
  /** What to do where a limit forbids the request. "refuse" (default): nothing is sent; the answer has status 400, the
   *  header `x-should-retry: false`, and the provider's own shape of error with code "limit", a message and `violations`.
   *  "fit": images that are too large are prepared, and the request is sent if that is enough, else refused. "send": it is
   *  sent as it is. */
  onLimit?: "refuse" | "fit" | "send";
  /** Refuses in the same way, with code "budget", what is estimated above this, in US dollars: the input, and the output as
   *  far as the request bounds it. What cannot be estimated passes. Default: no such bound. */
  maxUsd?: number;
  /** Refuses, with code "budget", what could bring `spentUsd` above this, in US dollars. What a call may cost at most is
   *  reserved before it is sent and settled by its bill, or stays where none comes. A call whose price, input or output has no
   *  bound is refused, and so is one that cannot be read. Default: no budget. */
  budgetUsd?: number;
  /** Called before the request is sent or refused. A request that could not be read, and is sent unchecked, has an estimate
   *  without figures whose only note says why. What it throws is ignored. */
  onEstimate?: (estimate: Estimate) => void;
  /** Called when the answer is complete. After an abort, or where no usage came, `cost` gives bounds. Not called for what was
   *  refused, here or by the endpoint. What it throws is ignored. */
  onBill?: (bill: Reconciliation) => void;
}

/**
 * A fetch that estimates, checks and bills the requests that pass through it by POST to a path that ends in
 * `/chat/completions`, `/responses` or `/messages`, and touches nothing else. The answer's bytes are those of the server,
 * unchanged, as they come. A fault of the guard's own never breaks a request: it passes unchecked, unless there is a budget.
 *
 * `spentUsd` is the sum of all bills in US dollars. A call under way, and one without a bill, counts with what it may cost
 * at most, where that is known.
 *
 * @throws {@link tilewise!TilewiseError} "invalid_argument" at once, for options that mean nothing.
 */
export function guard(options?: GuardOptions): Fetch & {
  /** US dollars, so far. */
  readonly spentUsd: number;
};

// Uses all that the entry for SDKs offers, and every type of its contract.
import { type EstimateBodyOptions, estimateBody } from "tilewise";
import { guard } from "tilewise/fetch";
import type { Estimate, EstimateOptions, GuardOptions, MediaFacts, Reconciliation } from "tilewise/fetch";

const assumed: EstimateOptions = { cachedShare: 0.5 };
const known: Record<string, MediaFacts> = {};
const options: GuardOptions = {
  fetch: globalThis.fetch,
  estimate: assumed,
  provider: "baseten",
  facts: known,
  inspectUrls: true,
  onLimit: "fit",
  maxUsd: 0.1,
  budgetUsd: 5,
  onEstimate: (estimate: Estimate) => console.log(estimate.inputTokens),
  onBill: (bill: Reconciliation) => console.log(bill.cost.highUsd),
};

const guarded = guard(options);
/** As every SDK takes it. */
const client: { fetch: typeof globalThis.fetch } = { fetch: guarded };
const answer: Response = await client.fetch("https://example.com/v1/chat/completions", { method: "POST", body: "{}" });
const spent: number = guarded.spentUsd;
// @ts-expect-error it can be read alone
guarded.spentUsd = 0;

const body: EstimateBodyOptions = { ...assumed, provider: "openai", facts: known, inspectUrls: false };
export const told: string = `${answer.status} ${spent} ${(await estimateBody({ messages: [] }, body)).model}`;

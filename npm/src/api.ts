/** The functions of the package: each calls its twin in the binary. */
import { init, requireLoaded } from "./binary.js";
import * as binding from "./binding.js";
import { toTilewiseError } from "./error.js";
import type * as contract from "./tilewise.js";

export { chat } from "./chat.js";
export { TilewiseError } from "./error.js";

export const inspect: typeof contract.inspect = async (source, options = {}) => {
  await init();
  try {
    return (await binding.inspect(source, options)) as contract.MediaFacts;
  } catch (cause) {
    throw toTilewiseError(cause);
  }
};

export const listModels: typeof contract.listModels = async (options = {}) => {
  await init();
  try {
    return (await binding.listModels(options)) as contract.Model[];
  } catch (cause) {
    throw toTilewiseError(cause);
  }
};

export const requestBody: typeof contract.requestBody = async (draft, options = {}) => {
  await init();
  try {
    return (await binding.requestBody(draft, options)) as Record<string, unknown>;
  } catch (cause) {
    throw toTilewiseError(cause);
  }
};

export const models: typeof contract.models = () => call(() => binding.models() as contract.Model[]);

export const estimate: typeof contract.estimate = (draft, options = {}) =>
  call(() => binding.estimate(draft, options) as contract.Estimate);

export const snippet: typeof contract.snippet = (draft, language, options = {}) =>
  call(() => binding.snippet(draft, language, options));

export const reconcile: typeof contract.reconcile = (estimate, usage, answer) =>
  call(() => binding.reconcile(estimate, usage, answer) as contract.Reconciliation);

function call<T>(run: () => T): T {
  requireLoaded();
  try {
    return run();
  } catch (cause) {
    throw toTilewiseError(cause);
  }
}

/** The functions of the package: each calls its twin in the binary. */
import { failure, init, requireLoaded } from "./binary.js";
import * as binding from "./binding.js";
import { call } from "./calls.js";
import { TilewiseError } from "./error.js";
import { engine, loadText } from "./text-part.js";
import type * as contract from "./tilewise.js";

export { estimateBody } from "./body.js";
export { chat } from "./chat.js";
export { TilewiseError } from "./error.js";

export const inspect: typeof contract.inspect = async (source, options) => {
  await init();
  return call(() => binding.inspect(source, options));
};

export const inspectSync: typeof contract.inspectSync = (bytes, options) => now(() => binding.inspectSync(bytes, options));

export const listModels: typeof contract.listModels = async (options) => {
  await init();
  return call(() => binding.listModels(options));
};

export const countOnServer: typeof contract.countOnServer = async (draft, options) => {
  await init();
  return call(() => binding.countOnServer(draft, options));
};

export const calibrate: typeof contract.calibrate = async (options) => {
  await init();
  return call(() => binding.calibrate(options));
};

export const forecastCalibration: typeof contract.forecastCalibration = async (options) => {
  await init();
  return call(() => binding.forecastCalibration(options));
};

export const requestBody: typeof contract.requestBody = async (draft, options) => {
  await init();
  return call(() => binding.requestBody(draft, options));
};

export const preload: typeof contract.preload = async (parts, options) => {
  if (!Array.isArray(parts)) throw new TilewiseError("invalid_argument", "parts: it must be an array");
  await init();
  await Promise.all(parts.map((part) => (part === "text" ? loadText(options) : call(() => binding.preload(`${part}`)))));
};

export const countText: typeof contract.countText = async (text, options) => {
  await init();
  if (!now<boolean>(() => binding.hasVocabulary(options))) {
    return { ...now<Omit<contract.TextCount, "exact">>(() => binding.boundText(text)), exact: false };
  }
  const tokens = (await loadText()).countText(text, options);
  return { tokens, low: tokens, high: tokens, exact: true };
};

export const models: typeof contract.models = (filter) => now(() => binding.models(filter));

export const estimate: typeof contract.estimate = (draft, options) => now(() => binding.estimate(draft, options, engine?.countedText(draft, options, false)));

export const compare: typeof contract.compare = (draft, options) => now(() => binding.compare(draft, options, engine?.countedText(draft, options, true)));

export const snippet: typeof contract.snippet = (draft, language, options) =>
  now(() => binding.snippet(draft, `${language}`, options));

export const reconcile: typeof contract.reconcile = (estimate, usage, answer) =>
  now(() => binding.reconcile(estimate, usage, answer));

function now<T>(run: () => unknown): T {
  requireLoaded();
  try {
    return run() as T;
  } catch (cause) {
    throw failure(cause);
  }
}

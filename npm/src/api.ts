/** The functions of the package: each calls its twin in the binary. */
import { Abort } from "./abort.js";
import { failure, init, liberator, network, requireLoaded } from "./binary.js";
import * as binding from "./binding.js";
import { bodyOf, type Pieces } from "./body.js";
import * as inspecting from "./inspect.js";
import type * as contract from "./tilewise.js";
import { json, pack, packOptions, result } from "./wire.js";

export { chat } from "./chat.js";
export { TilewiseError } from "./error.js";

export const inspect: typeof contract.inspect = (source, options) => attempt(() => inspecting.inspect(source, options));

export const listModels: typeof contract.listModels = (options) =>
  attempt(async () => {
    const [{ Session, drive }] = await Promise.all([network(), init()]);
    const abort = new Abort(options?.signal);
    const free = liberator();
    const session = Session.models(packOptions(options), Math.random(), Date.now());
    try {
      await drive(session, undefined, [], abort, () => {});
      return result<contract.Model[]>(session.endOfModels(new Date().toISOString().slice(0, 10)));
    } finally {
      abort.end();
      free(session);
    }
  });

export const requestBody: typeof contract.requestBody = (draft, options = {}) =>
  attempt(async () => {
    await init();
    const { text, data } = pack(draft);
    const pieces = result<Pieces>(binding.body(text, json("options", options)));
    return JSON.parse(await (await bodyOf(pieces, data)).text()) as Record<string, unknown>;
  });

export const models: typeof contract.models = () => call(() => binding.models());

export const estimate: typeof contract.estimate = (draft, options = {}) =>
  call(() => binding.estimate(pack(draft).text, json("options", options)));

export const snippet: typeof contract.snippet = (draft, language, options = {}) =>
  call(() => binding.snippet(pack(draft).text, `${language}`, json("options", options)));

export const reconcile: typeof contract.reconcile = (estimate, usage, answer) =>
  call(() => binding.reconcile(json("estimate", estimate), json("usage", usage), json("answer", answer)));

function call<T>(run: () => string): T {
  requireLoaded();
  try {
    return result(run());
  } catch (cause) {
    throw failure(cause);
  }
}

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw failure(cause);
  }
}

/**
 * Compiles only while the package holds its contract: code that is written against the contract gets from the
 * package what it says, and may pass to the package what it allows.
 */
import type * as contract from "./tilewise.js";
import type * as preparing from "./tilewise-prepare.js";
import type * as tilewise from "tilewise";
import type * as prepare from "tilewise/prepare";

type Satisfies<Wanted, Given extends Wanted> = Given;

/** Every function, but for those that are named below. */
export type Functions = [
  Satisfies<Omit<typeof contract, "TilewiseError" | "reconcile">, typeof tilewise>,
  Satisfies<Omit<typeof preparing, "default">, typeof prepare>,
];

/** `reconcile` takes what `estimate` of the same package gives, which holds more than the contract says. */
export type Reconcile = [
  Satisfies<Parameters<typeof tilewise.reconcile>[1], contract.Usage>,
  Satisfies<contract.Reconciliation, ReturnType<typeof tilewise.reconcile>>,
];

/** The contract leaves open where the codecs come from; the package names what it can load. */
export type Init = Satisfies<(source?: contract.WasmSource) => Promise<void>, typeof prepare.default>;

/** What a caller gets. */
export type Results = [
  Satisfies<contract.MediaFacts, tilewise.MediaFacts>,
  Satisfies<contract.Model, tilewise.Model>,
  Satisfies<contract.Estimate, tilewise.Estimate>,
  Satisfies<contract.Violation, tilewise.Violation>,
  Satisfies<contract.ChatStream, tilewise.ChatStream>,
  Satisfies<contract.ChatEvent, tilewise.ChatEvent>,
  Satisfies<contract.ChatResult, tilewise.ChatResult>,
  Satisfies<contract.TilewiseError, tilewise.TilewiseError>,
  Satisfies<preparing.Prepared, prepare.Prepared>,
];

/** What a caller gives. */
export type Arguments = [
  Satisfies<tilewise.WasmSource, contract.WasmSource>,
  Satisfies<tilewise.MediaSource, contract.MediaSource>,
  Satisfies<tilewise.InspectOptions, contract.InspectOptions>,
  Satisfies<tilewise.Draft, contract.Draft>,
  Satisfies<tilewise.EstimateOptions, contract.EstimateOptions>,
  Satisfies<tilewise.EndpointOptions, contract.EndpointOptions>,
  Satisfies<tilewise.ChatOptions, contract.ChatOptions>,
  Satisfies<prepare.Goal, preparing.Goal>,
  Satisfies<prepare.PrepareOptions, preparing.PrepareOptions>,
];

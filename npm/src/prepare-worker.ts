/** The script of a worker: prepares one picture after the other. */

import { toTilewiseError } from "./error.js";
import { run, type Surroundings } from "./prepare-engine.js";
import type { FromWorker, ToWorker } from "./prepare-pool.js";

/** A worker's global scope, as far as it is used. */
interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

const scope = globalThis as unknown as Scope;
let drawn: ((bitmap: ImageBitmap | null) => void) | undefined;

const around: Surroundings = {
  progress: (share) => scope.postMessage({ type: "progress", share }),
  // Whoever waits no more ends the worker.
  pause: async () => {},
  draw: (file, facts) =>
    new Promise((resolve, reject) => {
      drawn = (bitmap) => (bitmap ? resolve(bitmap) : reject(new Error("it cannot be drawn")));
      scope.postMessage({ type: "draw", file, facts });
    }),
};

scope.onmessage = async ({ data }) => {
  if (data.type === "drawn") return drawn?.(data.bitmap);
  try {
    const outcome = await run(data.module, data.task, around);
    scope.postMessage({ type: "done", outcome }, outcome.file ? [outcome.file.buffer] : []);
  } catch (cause) {
    const error = toTilewiseError(cause);
    const { code, message } = error;
    // Of all that can be a cause, an error is sure to cross.
    scope.postMessage({ type: "failed", code, message, cause: error.cause instanceof Error ? error.cause : undefined });
  }
};

scope.postMessage({ type: "ready" });

/** The script of a worker: prepares one image after the other. */
import { type PlainError, toTilewiseError } from "./error.js";
import { type Outcome, run, type Task } from "./prepare-engine.js";

export interface ToWorker {
  module: WebAssembly.Module;
  task: Task;
}

/** Empty once the worker is ready. */
export interface FromWorker {
  /** How much is done, of 1. */
  share?: number;
  outcome?: Outcome;
  error?: PlainError;
}

/** Of a worker's global scope what its owner sees of it, too. */
const scope = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;

scope.onmessage = async ({ data: { module, task } }: MessageEvent<ToWorker>) => {
  try {
    // Who waits no more ends the worker.
    const outcome = await run(module, task, async (share) => {
      if (share !== undefined) scope.postMessage({ share } satisfies FromWorker);
    });
    scope.postMessage({ outcome } satisfies FromWorker, [outcome.file.buffer]);
  } catch (caught) {
    const { code, message, cause } = toTilewiseError(caught);
    // Of all that can be a cause, an error is sure to cross.
    scope.postMessage({ error: { code, message, cause: cause instanceof Error ? cause : undefined } } satisfies FromWorker);
  }
};

scope.postMessage({});

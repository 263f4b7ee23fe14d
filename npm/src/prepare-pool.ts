/** Workers that prepare images, as many at a time as the machine has cores to spare. */
import { TilewiseError, toTilewiseError } from "./error.js";
import type { Outcome } from "./prepare-engine.js";
import type { FromWorker, ToWorker } from "./prepare-worker.js";

/** Each takes some 100 MB for a photograph of 12 megapixels. */
const MAX_WORKERS = 4;
/** Their memory is given back when they have had nothing to do for so long. */
const IDLE_MS = 5_000;

interface Slot {
  worker: Worker;
  isReady: boolean;
  /** Ends it after it had nothing to do. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Thrown where a worker does not start: by a policy of the page, or a bundler that does not know them. */
export class NoWorker extends Error {}

const slots = new Set<Slot>();
const idle: Slot[] = [];
/** Wake those who wait for a worker, in the order in which they came. */
const queue: (() => void)[] = [];

export async function runInWorker(
  message: ToWorker,
  signal: AbortSignal | undefined,
  progress: (share: number) => void,
): Promise<Outcome> {
  const maxWorkers = Math.max(1, Math.min(MAX_WORKERS, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1));
  while (idle.length === 0 && slots.size >= maxWorkers) await new Promise<void>((wake) => queue.push(wake));
  try {
    signal?.throwIfAborted();
    return await dispatch(idle.pop() ?? spawn(), message, signal, progress);
  } finally {
    queue.shift()?.();
  }
}

function spawn(): Slot {
  const worker = new Worker(new URL("./prepare-worker.js", import.meta.url), { type: "module" });
  const slot: Slot = { worker, isReady: false, timer: undefined };
  slots.add(slot);
  return slot;
}

function dispatch(
  slot: Slot,
  message: ToWorker,
  signal: AbortSignal | undefined,
  progress: (share: number) => void,
): Promise<Outcome> {
  clearTimeout(slot.timer);
  return new Promise<Outcome>((resolve, reject) => {
    const abort = () => {
      end(false);
      reject(signal?.reason);
    };
    const end = (isFit: boolean) => {
      // One signal may serve a thousand images.
      signal?.removeEventListener("abort", abort);
      if (!isFit) return terminate(slot);
      idle.push(slot);
      slot.timer = setTimeout(terminate, IDLE_MS, slot);
    };
    signal?.addEventListener("abort", abort);
    slot.worker.onmessage = ({ data: { share, outcome, error } }: MessageEvent<FromWorker>) => {
      slot.isReady = true;
      if (share !== undefined) progress(share);
      if (outcome) {
        end(true);
        resolve(outcome);
      }
      if (error) {
        // After a fault its memory may be anything.
        end(error.code !== "internal");
        reject(toTilewiseError(error));
      }
    };
    slot.worker.onerror = (event) => {
      event.preventDefault();
      end(false);
      reject(slot.isReady ? new TilewiseError("internal", event.message) : new NoWorker());
    };
    slot.worker.postMessage(message, transferred(message));
  });
}

function transferred({ task: { drawn } }: ToWorker): Transferable[] {
  const image = drawn?.image;
  return image && !("data" in image) ? [image] : [];
}

function terminate(slot: Slot): void {
  clearTimeout(slot.timer);
  slot.worker.terminate();
  slots.delete(slot);
  const at = idle.indexOf(slot);
  if (at >= 0) idle.splice(at, 1);
}

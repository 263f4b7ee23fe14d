/** Workers that prepare pictures, as many at a time as the machine has cores to spare. */

import { TilewiseError } from "./error.js";
import { draw } from "./prepare-draw.js";
import type { Outcome, Task } from "./prepare-engine.js";
import type { ImageFacts, TilewiseError as Contract } from "./tilewise.js";

export type ToWorker =
  | { type: "task"; module: WebAssembly.Module; task: Task }
  | { type: "drawn"; bitmap: ImageBitmap | null };

export type FromWorker =
  | { type: "ready" }
  | { type: "progress"; share: number }
  | { type: "draw"; file: Blob; facts: ImageFacts }
  | { type: "done"; outcome: Outcome }
  | { type: "failed"; code: Contract["code"]; message: string; cause: Error | undefined };

/** Each takes some 100 MB for a photograph of 12 megapixels. */
const MOST_WORKERS = 4;
/** Their memory is given back when they have had nothing to do for so long. */
const IDLE_MS = 5_000;

interface Job {
  module: WebAssembly.Module;
  task: Task;
  progress: (share: number) => void;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

interface Hand {
  worker: Worker;
  job: Job | undefined;
  isReady: boolean;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/** Thrown where a worker does not start: by a policy of the page, or a bundler that does not know them. */
export class NoWorker extends Error {}

const hands = new Set<Hand>();
const queue: Job[] = [];

export function runInWorker(
  module: WebAssembly.Module,
  task: Task,
  signal: AbortSignal | undefined,
  progress: (share: number) => void,
): Promise<Outcome> {
  return new Promise<Outcome>((resolve, reject) => {
    const job: Job = { module, task, progress, resolve, reject };
    const abort = () => drop(job);
    signal?.addEventListener("abort", abort);
    // One signal may serve a thousand pictures.
    const done = () => signal?.removeEventListener("abort", abort);
    job.resolve = (outcome) => (done(), resolve(outcome));
    job.reject = (error) => (done(), reject(error));
    queue.push(job);
    employ();
  });
}

/** Nobody waits for it any more. */
function drop(job: Job): void {
  job.reject(new TilewiseError("aborted", "the picture was not prepared: it was aborted"));
  const at = queue.indexOf(job);
  if (at >= 0) queue.splice(at, 1);
  for (const hand of hands) {
    if (hand.job === job) dismiss(hand);
  }
  employ();
}

function employ(): void {
  while (queue.length > 0) {
    const hand = [...hands].find((hand) => !hand.job) ?? hire();
    const job = hand && queue.shift();
    if (!job) return;
    clearTimeout(hand.idle);
    hand.job = job;
    send(hand, { type: "task", module: job.module, task: job.task });
  }
}

function send(hand: Hand, message: ToWorker, transfer: Transferable[] = []): void {
  hand.worker.postMessage(message, transfer);
}

function hire(): Hand | undefined {
  const most = Math.max(1, Math.min(MOST_WORKERS, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1));
  if (hands.size >= most) return undefined;
  const worker = new Worker(new URL("./prepare-worker.js", import.meta.url), { type: "module" });
  const hand: Hand = { worker, job: undefined, isReady: false, idle: undefined };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(hand, data);
  worker.onerror = (event) => {
    event.preventDefault();
    const error = hand.isReady ? new TilewiseError("internal", event.message) : new NoWorker();
    const { job } = hand;
    dismiss(hand);
    job?.reject(error);
    employ();
  };
  hands.add(hand);
  return hand;
}

function dismiss(hand: Hand): void {
  clearTimeout(hand.idle);
  hand.worker.terminate();
  hands.delete(hand);
}

function hear(hand: Hand, message: FromWorker): void {
  const { job } = hand;
  switch (message.type) {
    case "ready":
      hand.isReady = true;
      return;
    case "progress":
      job?.progress(message.share);
      return;
    case "draw":
      draw(message.file, message.facts).then(
        (bitmap) => send(hand, { type: "drawn", bitmap }, [bitmap]),
        () => send(hand, { type: "drawn", bitmap: null }),
      );
      return;
    case "done":
      job?.resolve(message.outcome);
      break;
    case "failed":
      job?.reject(new TilewiseError(message.code, message.message, { cause: message.cause }));
      break;
  }
  hand.job = undefined;
  hand.idle = setTimeout(() => dismiss(hand), IDLE_MS);
  // After a fault its memory may be anything.
  if (message.type === "failed" && message.code === "internal") dismiss(hand);
  employ();
}

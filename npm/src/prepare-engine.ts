/** Prepares one picture in this thread. */

import { panicked, TilewiseError, toTilewiseError } from "./error.js";
import instantiate, { __wbg_reset_state as renew, factsForBrowser, PrepareJob } from "./prepare-binding.js";
import type { Goal, Prepared } from "./tilewise-prepare.js";
import type { ImageFacts } from "./tilewise.js";

export interface Task {
  file: Blob;
  goal: Goal;
}

export interface Outcome {
  /** Null where the source stays as it is. */
  file: Uint8Array<ArrayBuffer> | null;
  report: Pick<Prepared, "facts" | "tokens" | "steps">;
}

export interface Surroundings {
  progress(share: number): void;
  /** Between two steps; throws where nobody waits any more. */
  pause(): Promise<void>;
  /** Draws what only a document can. */
  draw(file: Blob, facts: ImageFacts): Promise<ImageBitmap>;
}

/** Counts the instances of the binary: what one made is nothing to the next. */
let generation = 0;

/** Thrown where another image made the binary panic while this one was on its way. */
class Renewed extends Error {}

export async function run(module: WebAssembly.Module, task: Task, around: Surroundings): Promise<Outcome> {
  try {
    await instantiate({ module_or_path: module });
    const file = await read(task.file);
    await around.pause();
    for (;;) {
      try {
        return await prepareOnce(file, task, around);
      } catch (cause) {
        if (!(cause instanceof Renewed)) throw cause;
      }
    }
  } catch (cause) {
    throw toTilewiseError(cause);
  }
}

async function prepareOnce(file: Uint8Array<ArrayBuffer>, task: Task, around: Surroundings): Promise<Outcome> {
  try {
    return await finish(call(() => new PrepareJob(file, task.goal)), around);
  } catch (cause) {
    if (toTilewiseError(cause).code !== "unsupported_format") throw cause;
    return await finish(await withBrowser(file, task, around, cause), around);
  }
}

/** Calls the binary. One that panicked may hold anything, so another instance takes its place. */
function call<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    generation += 1;
    renew();
    throw panicked(cause);
  }
}

async function read(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    const message = "source: it cannot be read; is it a folder, or has the file changed?";
    throw new TilewiseError("invalid_argument", message, { cause });
  }
}

async function finish(job: PrepareJob, around: Surroundings): Promise<Outcome> {
  const born = generation;
  try {
    while (!call(() => job.advance())) {
      around.progress(call(() => job.share()));
      await around.pause();
      if (born !== generation) throw new Renewed();
    }
    const file = (call(() => job.file()) ?? null) as Outcome["file"];
    return { file, report: call(() => job.report()) as Outcome["report"] };
  } finally {
    if (born === generation) job.free();
  }
}

/** With the pixels that the browser decodes, where there is one that can; otherwise it stays at `refusal`. */
async function withBrowser(
  file: Uint8Array<ArrayBuffer>,
  task: Task,
  around: Surroundings,
  refusal: unknown,
): Promise<PrepareJob> {
  if (typeof createImageBitmap !== "function" || typeof OffscreenCanvas !== "function") throw refusal;
  const facts = call(() => factsForBrowser(file)) as ImageFacts;
  let pixels: ImageData;
  try {
    const isDrawing = facts.format === "svg";
    const picture = new Blob([task.file], { type: facts.mime });
    pixels = pixelsOf(await (isDrawing ? around.draw(picture, facts) : createImageBitmap(picture)));
  } catch (cause) {
    const message = `neither tilewise nor this browser decodes this ${facts.format}`;
    throw new TilewiseError("unsupported_format", message, { cause });
  }
  await around.pause();
  const { width, height, data } = pixels;
  return call(() => PrepareJob.withPixels(file, width, height, new Uint8Array(data.buffer), task.goal));
}

function pixelsOf(bitmap: ImageBitmap): ImageData {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

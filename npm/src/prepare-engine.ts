/** Prepares one image in this thread. */
import { panicked, TilewiseError, toTilewiseError } from "./error.js";
import instantiate, { __wbg_reset_state as renew, factsForBrowser, PrepareJob, readDataUrl } from "./prepare-binding.js";
import type { Goal, PixelData, Prepared } from "./tilewise-prepare.js";
import type { ImageFacts } from "./tilewise.js";

export interface Task {
  /** A string is a `data:` URL. */
  file: Blob | string;
  goal: Goal;
  /** Who gave the task has a decoder of its own. */
  hasDecoder?: boolean;
  /** What was drawn or decoded there, once that was asked for; null where it cannot be. */
  drawn?: Drawn | null;
}

export interface Drawn {
  image: ImageBitmap | PixelData;
  /** As the steps say it. */
  by: "the browser" | "the app";
}

/** `draw` stands in an outcome that is none yet: an SVG, which a document must draw first, or what only the app decodes. */
export type Outcome = { file: Bytes; changed: boolean; report: Report } | { file: Bytes; draw: ImageFacts };

type Report = Pick<Prepared, "facts" | "tokens" | "steps" | "droppedFrames">;
type Bytes = Uint8Array<ArrayBuffer>;

/** Called between two steps, with the share that is done where it grew; throws where no one waits any more. */
type Pause = (share?: number) => Promise<void>;

/** Counts the instances of the binary: what one made is nothing to the next. */
let generation = 0;

/** Thrown where another image made the binary panic while this one was on its way. */
class Renewed extends Error {}

export async function run(module: WebAssembly.Module, task: Task, pause: Pause): Promise<Outcome> {
  try {
    await instantiate({ module_or_path: module });
    const file = await read(task.file);
    await pause();
    for (;;) {
      try {
        return await prepareOnce(file, task, pause);
      } catch (cause) {
        if (!(cause instanceof Renewed)) throw cause;
      }
    }
  } catch (cause) {
    throw toTilewiseError(cause);
  }
}

async function prepareOnce(file: Bytes, task: Task, pause: Pause): Promise<Outcome> {
  try {
    return await finish(file, call(() => new PrepareJob(file, task.goal)), pause);
  } catch (cause) {
    if (toTilewiseError(cause).code !== "unsupported_format") throw cause;
    return decodeByBrowser(file, task, pause, cause);
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

async function read(file: Blob | string): Promise<Bytes> {
  if (typeof file === "string") return call(() => readDataUrl(file)) as Bytes;
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    const message = "source: it cannot be read; is it a folder, or has the file changed?";
    throw new TilewiseError("invalid_argument", message, { cause });
  }
}

async function finish(source: Bytes, job: PrepareJob, pause: Pause): Promise<Outcome> {
  const born = generation;
  try {
    while (!call(() => job.advance())) {
      await pause(call(() => job.share()));
      if (born !== generation) throw new Renewed();
    }
    const made = call(() => job.file()) as Bytes | undefined;
    return { file: made ?? source, changed: made !== undefined, report: call(() => job.report()) as Report };
  } finally {
    if (born === generation) job.free();
  }
}

/** With the pixels that the browser decodes, or else the app; where neither does, it stays at `refusal`. */
async function decodeByBrowser(file: Bytes, task: Task, pause: Pause, refusal: unknown): Promise<Outcome> {
  const isBrowser = typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function";
  if (!isBrowser && !task.hasDecoder) throw refusal;
  const facts = call(() => factsForBrowser(file)) as ImageFacts;
  let drawn = task.drawn;
  let cause: unknown = refusal;
  if (drawn === undefined && isBrowser && facts.format !== "svg") {
    try {
      drawn = { image: await createImageBitmap(new Blob([file], { type: facts.mime })), by: "the browser" };
    } catch (failure) {
      cause = failure;
    }
  }
  if (drawn === undefined && (task.hasDecoder || facts.format === "svg")) return { file, draw: facts };
  if (!drawn) {
    const message = `neither tilewise nor this browser decodes this ${facts.format}: convert it to JPEG or PNG, or pass \`decode\``;
    throw new TilewiseError("unsupported_format", message, { cause });
  }
  const { by } = drawn;
  const { width, height, data } = pixelsOf(drawn.image);
  await pause();
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const job = call(() => PrepareJob.withPixels(file, width, height, rgba, task.goal, by));
  return finish(file, job, pause);
}

function pixelsOf(image: ImageBitmap | PixelData): PixelData {
  if ("data" in image) return image;
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new TilewiseError("unsupported_format", "this browser gives no canvas to read pixels from");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height);
}

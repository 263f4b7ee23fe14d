/** Work that is done once, whoever asks for it: loading a binary. */
import { toTilewiseError } from "./error.js";

/** Calls of the result share one attempt; one that failed does not stand in the way of the next. */
export function once<A extends unknown[], T>(attempt: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let running: Promise<T> | undefined;
  return (...args) => {
    running ??= attempt(...args).catch((cause: unknown) => {
      running = undefined;
      throw toTilewiseError(cause);
    });
    return running;
  };
}

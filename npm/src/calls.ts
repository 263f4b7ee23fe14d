/** Calls of the binary that take time: polled here, so that a panic in one rejects the promise of its caller. */
import { onWake, poll } from "./binding.js";

interface Call {
  resolve(value: unknown): void;
  reject(cause: unknown): void;
}

const calls = new Map<number, Call>();

/** Told of what a call threw; gives what its caller is told. */
let onFailure: (cause: unknown) => unknown;

/** To be called once for each instance of the binary. */
export function listen(fail: (cause: unknown) => unknown): void {
  onFailure = fail;
  onWake((id: number) => queueMicrotask(() => step(id)));
}

/** A function of the binary that JavaScript calls by itself threw this. */
export function closureFailed(cause: unknown): void {
  if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
  onFailure(cause);
}

/** The result of a call that `begin` makes: it gives a number where the call waits, and else the result, which is none. */
export function call<T>(begin: () => unknown): Promise<T> {
  return new Promise<unknown>((resolve, reject) => {
    try {
      const begun = begin();
      if (typeof begun !== "number") return resolve(begun);
      calls.set(begun, { resolve, reject });
      step(begun);
    } catch (cause) {
      reject(onFailure(cause));
    }
  }) as Promise<T>;
}

/** Rejects all calls: the instance that they belong to is gone. */
export function rejectAll(cause: unknown): void {
  for (const { reject } of calls.values()) reject(cause);
  calls.clear();
}

function step(id: number): void {
  const call = calls.get(id);
  if (!call) return;
  try {
    const result: unknown = poll(id);
    if (result === undefined) return;
    call.resolve(result);
  } catch (cause) {
    call.reject(onFailure(cause));
  }
  calls.delete(id);
}

/** Calls of the binary that take time: polled here, so that a panic in one rejects the promise of its caller. */
import { onWake, poll } from "./binding.js";

interface Waiting {
  resolve(value: unknown): void;
  reject(cause: unknown): void;
}

const waiting = new Map<number, Waiting>();

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

/** The result of a call that `begin` makes. */
export function call<T>(begin: () => number): Promise<T> {
  return new Promise<unknown>((resolve, reject) => {
    try {
      const id = begin();
      waiting.set(id, { resolve, reject });
      step(id);
    } catch (cause) {
      reject(onFailure(cause));
    }
  }) as Promise<T>;
}

/** Rejects all calls: the instance that they belong to is gone. */
export function rejectAll(cause: unknown): void {
  const calls = [...waiting.values()];
  waiting.clear();
  for (const { reject } of calls) reject(cause);
}

function step(id: number): void {
  const call = waiting.get(id);
  if (!call) return;
  try {
    const result: unknown = poll(id);
    if (result === undefined) return;
    waiting.delete(id);
    call.resolve(result);
  } catch (cause) {
    waiting.delete(id);
    call.reject(onFailure(cause));
  }
}

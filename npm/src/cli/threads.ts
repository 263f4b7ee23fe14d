/** Threads that share the work, once there is enough of it. */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { Fitter, type FitItem, type FitOutcome, type FitTask } from "./fitter.js";
import type { Item } from "./item.js";
import { type Outcome, Runner, type Task } from "./runner.js";
import type { Sums } from "./summary.js";

/** To start a thread takes as long as so many files. */
const WORTH_THREADS = 512;

/** What a thread is started for. */
type Work = { kind: "lines"; task: Task } | { kind: "fit"; task: FitTask };

type Question = { id: number; items: unknown[] | "end" };
type Answer = { id: number; outcome: unknown } | { id: number; error: unknown };

/** Runs files in this thread at first, and in `jobs` others when there are many. */
export class Threads {
  private readonly own: Runner;
  private others: Thread[] = [];
  private given = 0;

  constructor(
    private readonly task: Task,
    private readonly jobs: number,
  ) {
    this.own = new Runner(task);
  }

  run(items: Item[]): Promise<Outcome> {
    this.given += items.length;
    // One thread keeps the connections to a host, and knows how many there are.
    if (items[0]?.kind === "url") return this.own.run(items);
    if (this.jobs > 1 && this.given > WORTH_THREADS && this.others.length === 0) {
      const { settings } = this.task;
      const task = { ...this.task, settings: { ...settings, connections: Math.max(1, Math.ceil(settings.connections / this.jobs)) } };
      this.others = Array.from({ length: this.jobs }, () => new Thread({ kind: "lines", task }));
    }
    return leastBusy(this.others)?.ask<Outcome>(items) ?? this.own.run(items);
  }

  /** Ends all threads, whatever they are at. */
  async stop(): Promise<void> {
    await Promise.all(this.others.map((thread) => thread.stop()));
    await this.own.close();
  }

  /** The sums of all threads, which end. */
  async end(): Promise<Sums[]> {
    const sums = await Promise.all(this.others.map((thread) => thread.ask<Sums>("end")));
    await this.stop();
    return [this.own.sums, ...sums];
  }
}

/** Threads that each make one image at a time fit. One is started when all others are busy. */
export class FitThreads {
  private readonly threads: Thread[] = [];

  constructor(
    private readonly task: FitTask,
    private readonly jobs: number,
  ) {}

  run(items: FitItem[]): Promise<FitOutcome[]> {
    let thread = leastBusy(this.threads);
    if (thread === undefined || (thread.waiting > 0 && this.threads.length < this.jobs)) {
      thread = new Thread({ kind: "fit", task: this.task });
      this.threads.push(thread);
    }
    return thread.ask(items);
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }
}

const leastBusy = (threads: Thread[]): Thread | undefined =>
  threads.reduce<Thread | undefined>((best, thread) => (best === undefined || thread.waiting < best.waiting ? thread : best), undefined);

class Thread {
  private readonly worker: Worker;
  private readonly calls = new Map<number, { resolve: (outcome: never) => void; reject: (error: unknown) => void }>();
  private count = 0;

  constructor(work: Work) {
    this.worker = new Worker(new URL(import.meta.url), { workerData: work });
    this.worker.on("message", (answer: Answer) => {
      const call = this.calls.get(answer.id);
      this.calls.delete(answer.id);
      if ("error" in answer) call?.reject(answer.error);
      else call?.resolve(answer.outcome as never);
    });
    const fail = (error: unknown) => {
      for (const { reject } of this.calls.values()) reject(error);
      this.calls.clear();
    };
    this.worker.on("error", fail);
    this.worker.on("exit", (code) => fail(new Error(`a thread ended with status ${code}`)));
  }

  get waiting(): number {
    return this.calls.size;
  }

  ask<T>(items: unknown[] | "end"): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = (this.count += 1);
      this.calls.set(id, { resolve, reject });
      this.worker.postMessage({ id, items } satisfies Question);
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** What such a thread does. */
export function serveThread(): void {
  const { kind, task } = workerData as Work;
  const serve = kind === "lines" ? servedLines(task) : servedFits(task);
  parentPort?.on("message", async ({ id, items }: Question) => {
    let answer: Answer;
    try {
      answer = { id, outcome: await serve(items) };
    } catch (error) {
      answer = { id, error };
    }
    parentPort?.postMessage(answer);
  });
}

function servedLines(task: Task): (items: unknown[] | "end") => Promise<unknown> {
  const runner = new Runner(task);
  return async (items) => {
    if (items !== "end") return runner.run(items as Item[]);
    await runner.close();
    return runner.sums;
  };
}

/** One after the other: two images at once take twice the memory, and no less time. */
function servedFits(task: FitTask): (items: unknown[] | "end") => Promise<unknown> {
  const fitter = new Fitter(task);
  let before: Promise<unknown> = Promise.resolve();
  return (items) => {
    const run = () => fitter.run(items as FitItem[]);
    before = before.then(run, run);
    return before;
  };
}

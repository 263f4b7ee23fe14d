/** Threads that share the work, once there is enough of it. */
import { parentPort, Worker, workerData } from "node:worker_threads";
import type { Item } from "./item.js";
import { type Outcome, Runner, type Task } from "./runner.js";
import type { Sums } from "./summary.js";

/** To start a thread takes as long as so many files. */
const WORTH_THREADS = 512;

type Question = { id: number; items: Item[] } | { id: number; items: "end" };
type Answer = { id: number; outcome: Outcome | Sums } | { id: number; error: unknown };

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
      this.others = Array.from({ length: this.jobs }, () => new Thread(task));
    }
    const [first, ...rest] = this.others;
    if (first === undefined) return this.own.run(items);
    return rest.reduce((best, thread) => (thread.waiting < best.waiting ? thread : best), first).run(items);
  }

  /** The sums of all threads, which end. */
  async end(): Promise<Sums[]> {
    const sums = await Promise.all(this.others.map((thread) => thread.end()));
    await this.own.close();
    return [this.own.sums, ...sums];
  }
}

class Thread {
  private readonly worker: Worker;
  private readonly calls = new Map<number, { resolve: (outcome: never) => void; reject: (error: unknown) => void }>();
  private count = 0;

  constructor(task: Task) {
    this.worker = new Worker(new URL(import.meta.url), { workerData: task });
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

  run(items: Item[]): Promise<Outcome> {
    return this.ask(items);
  }

  async end(): Promise<Sums> {
    const sums = await this.ask<Sums>("end");
    await this.worker.terminate();
    return sums;
  }

  private ask<T>(items: Item[] | "end"): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = (this.count += 1);
      this.calls.set(id, { resolve, reject });
      this.worker.postMessage({ id, items } as Question);
    });
  }
}

/** What such a thread does. */
export function serveThread(): void {
  const runner = new Runner(workerData as Task);
  parentPort?.on("message", async ({ id, items }: Question) => {
    const answer = (answer: Answer) => parentPort?.postMessage(answer);
    try {
      if (items !== "end") return answer({ id, outcome: await runner.run(items) });
      await runner.close();
      answer({ id, outcome: runner.sums });
    } catch (error) {
      answer({ id, error });
    }
  });
}

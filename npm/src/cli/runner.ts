/** Makes lines of files, in the main thread or in another. */
import { pico, type Sums, Summary } from "./summary.js";
import { type Entry, isFound, Judge, type Settings } from "./entry.js";
import type { Item } from "./item.js";
import { csv, type Form, NDJSON, recorded } from "./record.js";

export interface Task {
  settings: Settings;
  form: "ndjson" | "csv" | undefined;
  isSummed: boolean;
  strict: boolean;
}

/** Of some files, in their order. */
export interface Outcome {
  /** Their lines, each with its end. */
  text: string;
  files: number;
  failed: number;
  /** One of them makes the command's status an error. */
  isFound: boolean;
  picoUsd: bigint;
}

export class Runner {
  private readonly judge: Judge;
  private readonly form: Form | undefined;
  private readonly summary = new Summary();

  constructor(private readonly task: Task) {
    this.judge = new Judge(task.settings);
    this.form = formOf(task);
  }

  async run(items: Item[]): Promise<Outcome> {
    const outcome: Outcome = { text: "", files: 0, failed: 0, isFound: false, picoUsd: 0n };
    // What is on the disk is read at once; only answers of servers are waited for together.
    const entries: (Entry | Promise<Entry>)[] = [];
    for (const item of items) {
      const entry = this.judge.entry(item);
      entries.push(item.kind === "file" || item.kind === "unlisted" ? await entry : entry);
    }
    for (const entry of await Promise.all(entries)) this.note(entry, outcome);
    return outcome;
  }

  get sums(): Sums {
    return this.summary.result;
  }

  close(): Promise<void> {
    return this.judge.close();
  }

  private note(entry: Entry, outcome: Outcome): void {
    if (this.form) outcome.text += `${this.form.write(entry)}\n`;
    if (!entry.unlisted) outcome.files += 1;
    if (entry.error) outcome.failed += 1;
    outcome.isFound ||= isFound(entry, this.task.strict);
    outcome.picoUsd += pico(entry.usd);
    if (this.task.isSummed) this.summary.add(recorded(entry));
  }
}

export function formOf({ form, settings }: Task): Form | undefined {
  if (form === undefined) return undefined;
  return form === "ndjson" ? NDJSON : csv(settings.compared.map(({ provider, id }) => `${provider}/${id}`));
}

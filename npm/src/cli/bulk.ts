/** Any number of files: a line for each as it is looked at, their sums, or both. */
import { once } from "node:events";
import { models } from "../node.js";
import type { Item } from "./item.js";
import { newest } from "./judge.js";
import type { Options } from "./options.js";
import { inOrder } from "./order.js";
import { Progress } from "./progress.js";
import { behind, type Earlier, openEarlier } from "./resume.js";
import { formOf, type Outcome, type Task } from "./runner.js";
import { countOf, inputBytes, itemsOf } from "./sources.js";
import { Summary, pico } from "./summary.js";
import { summaryJson, summaryText } from "./summary-report.js";
import { terminal, visibleJson } from "./terminal.js";
import { Threads } from "./threads.js";
import { WrongUse } from "./wrong-use.js";

/** Files whose lines are not written yet. */
const MAX_IN_FLIGHT = 1000;
/** Files given to a thread at once: of a disk it takes tens of thousands a second, of a server it waits for each. */
const BATCH = { disk: 64, server: 8 };

/** Gives whether a file or its request has an error. */
export async function bulk(options: Options): Promise<boolean> {
  const task = taskOf(options);
  const form = formOf(task);
  const summary = new Summary();
  const earlier = options.resume === undefined ? undefined : await openEarlier(options.resume);
  const out = earlier ? new FileOutput(earlier) : new StreamOutput();
  // With the first line, so that a run without files leaves nothing.
  let header = form?.header && (earlier?.isEmpty ?? true) ? `${form.header}\n` : "";
  let read = 0;
  const { progress, length } = progressOf(options, () => read);
  let hasFound = false;
  let files = 0;
  const s3 = { endpoint: options.endpoint, connections: options.connections };
  let items: AsyncIterable<Item[]> = itemsOf(options, s3, (bytes) => (read += bytes));
  if (earlier && form) {
    items = behind(earlier, items, form, task.settings.model, (line) => {
      files += 1;
      progress.skip(1);
      progress.add({ files: 0, failed: line.error ? 1 : 0, picoUsd: pico(line.usd) });
      hasFound ||= line.error !== undefined || line.violations.some(({ severity }) => options.strict || severity === "error");
      if (task.isSummed) summary.add(line);
    });
  }
  const threads = new Threads(task, options.jobs);
  const write = async (outcome: Outcome) => {
    files += outcome.files;
    hasFound ||= outcome.isFound;
    progress.add(outcome);
    if (outcome.text === "") return;
    await out.write(header + outcome.text);
    header = "";
  };
  let hasEnded = false;
  try {
    await inOrder(items, batches, MAX_IN_FLIGHT, (batch) => threads.run(batch), write);
    hasEnded = true;
  } finally {
    progress.end();
    await earlier?.file.close();
    if (!hasEnded) {
      await threads.stop();
      // A list that is still coming would keep the program from ending.
      if (options.fromInput) process.stdin.destroy();
    }
  }
  for (const sums of await threads.end()) summary.merge(sums);
  if (files === 0 && !hasFound) throw new WrongUse(length === "input" ? "the list on standard input is empty: there is nothing to judge" : "no file was found: there is nothing to judge");
  if (options.summary) printSummary(options, task, summary, out);
  return hasFound;
}

function taskOf(options: Options): Task {
  const { text, provider, maxTokens, detail, via, estimate, endpoint, connections } = options;
  const form = options.ndjson ? "ndjson" : options.csv ? "csv" : undefined;
  const model = options.model ?? newest(provider);
  const compared = options.compare === undefined ? [] : models({ status: "current" }).filter(inComparison(options.compare));
  return {
    settings: { model, provider, text, maxTokens, detail, via, estimate, endpoint, connections, compared: compared.map(({ provider, id }) => ({ provider, id })) },
    form,
    isSummed: options.summary,
    strict: options.strict,
  };
}

/** The models of these providers; all that take images or videos where none is named. */
const inComparison = (providers: string[]) => (model: { provider: string; takesImages: boolean | null; takesVideos: boolean | null }) =>
  providers.length > 0 ? providers.includes(model.provider) : model.takesImages === true || model.takesVideos === true;

/** Of one kind each, as another thread looks at another. */
function* batches(items: Item[]): Generator<Item[]> {
  let batch: Item[] = [];
  const kindOf = ({ kind }: Item) => (kind === "unlisted" ? "file" : kind);
  for (const item of items) {
    const [first] = batch;
    const most = item.kind === "file" ? BATCH.disk : BATCH.server;
    if (first !== undefined && (batch.length >= most || kindOf(first) !== kindOf(item))) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length > 0) yield batch;
}

interface Output {
  write(text: string): Promise<void>;
  isStandard: boolean;
}

class StreamOutput implements Output {
  readonly isStandard = true;

  async write(text: string): Promise<void> {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  }
}

class FileOutput implements Output {
  readonly isStandard = false;

  constructor(private readonly earlier: Earlier) {}

  async write(text: string): Promise<void> {
    await this.earlier.file.appendFile(text);
  }
}

function progressOf(options: Options, read: () => number): { progress: Progress; length: "input" | undefined } {
  const linesAreShown = (options.ndjson || options.csv) && options.resume === undefined && process.stdout.isTTY;
  const isShown = process.stderr.isTTY && !linesAreShown;
  const length = options.fromInput && options.names.length === 0 ? "input" : undefined;
  if (!isShown) return { progress: new Progress(undefined, () => undefined), length };
  const bytes = options.fromInput ? inputBytes() : undefined;
  let total: number | undefined;
  if (!options.fromInput) void countOf(options.names).then((count) => (total = count), () => {});
  // What is read of a list is a little ahead of what is done.
  const share = (files: number) => (bytes !== undefined ? read() / bytes : total && files / total);
  return { progress: new Progress(process.stderr, share), length };
}

function printSummary(options: Options, { settings, form }: Task, summary: Summary, out: Output): void {
  const stream = form !== undefined && out.isStandard ? process.stderr : process.stdout;
  const text = options.json
    ? visibleJson(JSON.stringify(summaryJson(settings.model, summary.result), undefined, 2))
    : summaryText(settings.model, summary.result, terminal(stream));
  stream.write(`${text}\n`);
}

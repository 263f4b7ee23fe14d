/** A line on a terminal that tells how far a long run is. */
import { clearLine, cursorTo } from "node:readline";
import { dollarsOf } from "./summary.js";
import type { Outcome } from "./runner.js";

const EVERY_MS = 250;

/** The share of the work that is done, where it is known. */
export type Share = (files: number) => number | undefined;

export class Progress {
  private readonly started = performance.now();
  private files = 0;
  private failed = 0;
  private picoUsd = 0n;
  private skipped = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param stream A terminal; nothing is shown where there is none. */
  constructor(
    private readonly stream: NodeJS.WriteStream | undefined,
    private readonly share: Share,
  ) {
    if (stream) this.timer = setInterval(() => this.show(), EVERY_MS).unref();
  }

  skip(files: number): void {
    this.skipped += files;
  }

  add({ files, failed, picoUsd }: Pick<Outcome, "files" | "failed" | "picoUsd">): void {
    this.files += files;
    this.failed += failed;
    this.picoUsd += picoUsd;
  }

  /** Leaves a last line, with what was done in all. */
  end(): void {
    if (!this.stream) return;
    clearInterval(this.timer);
    this.show(true);
    this.stream.write("\n");
  }

  private show(isEnd = false): void {
    const seconds = (performance.now() - this.started) / 1000;
    const rate = this.files / Math.max(seconds, 0.001);
    const parts = [`${count(this.skipped + this.files)} files`, `${count(Math.round(rate))}/s`];
    if (this.picoUsd > 0n) parts.push(`$${dollarsOf(this.picoUsd).toFixed(4)}`);
    if (this.failed > 0) parts.push(`${count(this.failed)} failed`);
    if (isEnd) parts.push(`in ${clock(seconds)}`);
    else {
      const share = this.share(this.skipped + this.files);
      const own = share && (share - (this.skipped / (this.skipped + this.files)) * share);
      if (share && own) parts.push(`${Math.floor(Math.min(1, share) * 100)} %`, `${clock((seconds * Math.max(0, 1 - share)) / own)} left`);
    }
    if (!this.stream) return;
    cursorTo(this.stream, 0);
    this.stream.write(parts.join("  ").slice(0, Math.max(20, (this.stream.columns || 80) - 1)));
    clearLine(this.stream, 1);
  }
}

const count = (number: number): string => number.toLocaleString("en-GB");

function clock(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * What a guard's calls have cost, and may still cost. It is kept here, in whole picodollars, and not in the binary, since
 * it must outlive an instance that panicked.
 */
const PICODOLLARS = 1e12;

export interface Reservation {
  /** Says what a call has cost, once. */
  settle(picodollars: bigint): void;
}

export class Purse {
  readonly #budget: bigint | undefined;
  #spent = 0n;

  constructor(budgetUsd: number | undefined) {
    const isFinite = budgetUsd !== undefined && budgetUsd * PICODOLLARS <= Number.MAX_VALUE;
    this.#budget = isFinite ? BigInt(Math.floor(budgetUsd * PICODOLLARS)) : undefined;
  }

  get hasBudget(): boolean {
    return this.#budget !== undefined;
  }

  get spentUsd(): number {
    return Number(this.#spent) / PICODOLLARS;
  }

  get left(): bigint {
    const left = (this.#budget ?? 0n) - this.#spent;
    return left > 0n ? left : 0n;
  }

  /** Takes what a call may cost; undefined where that is more than is left. */
  reserve(most: bigint): Reservation | undefined {
    return most > this.left ? undefined : this.take(most);
  }

  /** Takes it whatever is left. */
  take(most: bigint): Reservation {
    let reserved: bigint | undefined = most;
    this.#spent += most;
    return {
      settle: (cost) => {
        if (reserved === undefined) return;
        this.#spent += cost - reserved;
        reserved = undefined;
      },
    };
  }
}

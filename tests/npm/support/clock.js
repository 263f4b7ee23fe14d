/** A clock that tests move. */
import { after, before, beforeEach, mock } from "node:test";

/**
 * One clock for all tests of a suite, each of which starts at the time that it is. With a clock for each test, timers are
 * lost: Node's pool of connections clears in one test what it set in the one before, and `clearTimeout` of node:test
 * then takes away what stands at the same place in the queue of the new clock.
 */
export function useClock() {
  const now = () => Math.round(performance.timeOrigin + performance.now());
  before(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: now() }));
  beforeEach(() => mock.timers.setTime(now()));
  after(() => mock.timers.reset());
  return mock.timers;
}

/** The one source of time. `now` is wall time for records; `monotonic` is for waiting and never jumps. Milliseconds. */
export interface Clock {
  now(): number;
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** What counts for the speed shown: long enough to be calm, short enough to follow the line. */
const WINDOW_MS = 8_000;
const MIN_MS = 400;

/** Bytes per second over the last seconds. */
export class Speedometer {
  #samples: readonly { readonly at: number; readonly bytes: number }[] = [];

  /** @param bytes sent so far @param at monotonic milliseconds */
  add(bytes: number, at: number): void {
    this.#samples = [...this.#samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, bytes }].slice(-200);
  }

  /** Undefined until it can be said. */
  get bytesPerSecond(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < MIN_MS) return undefined;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at));
  }

  /** After a pause, what was before says nothing. */
  reset(): void {
    this.#samples = [];
  }
}

/** Runs beyond the first gap that are remembered; a client that leaves more of them open loses what lies behind the last. */
const MAX_RUNS = 64;

type Run = { readonly start: number; readonly end: number };

/** Which bytes of a file were written, for clients that do not write in order. */
export class Written {
  #fromStart: number;
  /** In order, none touches another or the first bytes. */
  #runs: readonly Run[] = [];

  /** @param fromStart bytes that are there already */
  constructor(fromStart = 0) {
    this.#fromStart = fromStart;
  }

  /** So many bytes are there without a gap. */
  get fromStart(): number {
    return this.#fromStart;
  }

  add(start: number, end: number): void {
    if (this.#runs.length === 0 && start <= this.#fromStart) {
      this.#fromStart = Math.max(this.#fromStart, end);
      return;
    }
    const runs = [...this.#runs, { start, end }].sort((one, other) => one.start - other.start);
    const apart: Run[] = [];
    for (const run of runs) {
      const last = apart.at(-1);
      if (run.start <= this.#fromStart) this.#fromStart = Math.max(this.#fromStart, run.end);
      else if (last !== undefined && run.start <= last.end)
        apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, run.end) };
      else apart.push(run);
    }
    this.#runs = apart.slice(0, MAX_RUNS);
  }

  /** The file has this size now; what was added at its end by that is zeros, and nothing anybody sent. */
  cut(size: number): void {
    this.#fromStart = Math.min(this.#fromStart, size);
    this.#runs = this.#runs
      .filter(({ start }) => start < size)
      .map(({ start, end }) => ({ start, end: Math.min(end, size) }));
  }
}

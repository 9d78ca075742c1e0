/** Holds what costs much to a few at once: of each caller, and in all. */
export class FewAtOnce {
  readonly #ofEach: number;
  readonly #inAll: number;
  readonly #running = new Map<string, number>();
  #total = 0;

  constructor({ ofEach, inAll }: { readonly ofEach: number; readonly inAll: number }) {
    this.#ofEach = ofEach;
    this.#inAll = inAll;
  }

  /** @returns `full`, without beginning it, where there is no room */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T | 'full'> {
    const own = this.#running.get(caller) ?? 0;
    if (own >= this.#ofEach || this.#total >= this.#inAll) return 'full';
    this.#running.set(caller, own + 1);
    this.#total += 1;
    try {
      return await work();
    } finally {
      this.#total -= 1;
      const left = (this.#running.get(caller) ?? 1) - 1;
      if (left > 0) this.#running.set(caller, left);
      else this.#running.delete(caller);
    }
  }
}

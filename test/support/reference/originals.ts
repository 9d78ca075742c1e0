/** Who got what, so that a change reaches exactly them. */

export type RememberedOriginal = {
  readonly reference: string;
  readonly person: string;
  readonly receivers: readonly string[];
};

export class Originals {
  readonly #before: readonly RememberedOriginal[];
  readonly #made: RememberedOriginal[] = [];

  constructor(before: readonly RememberedOriginal[]) {
    this.#before = before;
  }

  isTaken(reference: string): boolean {
    return this.#made.some((one) => one.reference === reference);
  }

  remember(original: RememberedOriginal): void {
    this.#made.push(original);
  }

  /** Of this file the latest, else of earlier files; the person may go by a number that was replaced since. */
  receiversOf(reference: string, persons: readonly string[]): readonly string[] | undefined {
    const isIt = (one: RememberedOriginal) => one.reference === reference && persons.includes(one.person);
    return (this.#made.findLast(isIt) ?? this.#before.find(isIt))?.receivers;
  }

  made(): readonly RememberedOriginal[] {
    return this.#made;
  }
}

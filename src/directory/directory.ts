import type { Insz } from '../domain/insz.ts';
import type { Institution } from '../domain/partner.ts';
import type { Period } from '../domain/period.ts';
import type { PersonKey } from '../domain/person-key.ts';

/** One line of the reference directory: this person is known to this institution, in this quality, for this period. */
export type Dossier = {
  readonly institution: Institution;
  /** Three digits, 000–999; 999 is never stored: a replaced number is a link. */
  readonly quality: string;
  readonly phase: number;
  readonly period: Period;
};

/** What the directory knows of one number. `replacedBy` is the number at the end of the chain. */
export type Person = {
  readonly insz: Insz;
  readonly replacedBy?: Insz | undefined;
  readonly dossiers: readonly Dossier[];
};

/** One immutable version of the reference directory of one environment; lookups are synchronous. */
export interface DirectorySnapshot {
  readonly version: bigint;
  /** Undefined where the number is not known at all. Dossiers of a replaced number are those of its replacement. */
  lookup(person: Insz): Person | undefined;
  /** What is kept under a number, as pack.ts has it, until the next call; left out where the directory lies there in another form. */
  packed?(key: PersonKey): Uint8Array | undefined;
  close(): void;
}

import { open } from 'node:fs/promises';
import { inszOfKey } from '../domain/person-key.ts';
import { type PersonClass, SENDER_QUALITY, type SyntheticDirectory, SyntheticPersons } from './generate-persons.ts';
import { BATCH_FORMS, type BatchForm } from './generate-records.ts';
import { LineBuffer } from './line-buffer.ts';

/** What a record is meant to meet, where the flow asks for the sender's line and its acts name `RECEIVER_QUALITY`. */
export type RecordKind = 'routed' | 'without-line' | 'not-authorized' | 'bad-insz' | 'bad-date';

export type BatchPlan = {
  readonly form: BatchForm;
  readonly records: number;
  readonly seed: number;
  /** The directory the batch speaks of. */
  readonly directory: SyntheticDirectory;
  /** How many receivers the records that are routed have. */
  readonly receivers: 1 | 3;
};

export type WrittenBatch = {
  readonly records: number;
  readonly bytes: number;
  readonly kinds: Readonly<Record<RecordKind, number>>;
};

/** Of a thousand records: 61.7 % routed, 1.0 % bad INSZ, 0.5 % bad date, 2.9 % not authorized, the rest without a line. */
const MIX: readonly (readonly [kind: RecordKind, perThousand: number])[] = [
  ['routed', 617],
  ['bad-insz', 10],
  ['bad-date', 5],
  ['not-authorized', 29],
  ['without-line', 339],
];
const KINDS: readonly RecordKind[] = MIX.flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
/** Shares no divisor with a thousand, so that the kinds come mixed and each as often as the mix says. */
const STRIDE = 387;

/** The kind of a record, by its number from 1. */
export function kindOf(record: number): RecordKind {
  return KINDS[(record * STRIDE) % KINDS.length] ?? 'routed';
}

const CLASS_OF = {
  'without-line': 'no-line',
  'not-authorized': 'not-authorized',
} as const satisfies Partial<Record<RecordKind, PersonClass>>;

/** Writes one batch; the same plan, the same bytes. */
export async function writeBatch(path: string, plan: BatchPlan): Promise<WrittenBatch> {
  const persons = new SyntheticPersons(plan.directory);
  const form = BATCH_FORMS[plan.form](plan.records);
  await using file = await open(path, 'w');
  const buffer = new LineBuffer(file);
  const kinds = { routed: 0, 'without-line': 0, 'not-authorized': 0, 'bad-insz': 0, 'bad-date': 0 };
  await buffer.add(form.begin);
  for (let number = 1; number <= plan.records; number += 1) {
    const kind = kindOf(number);
    kinds[kind] += 1;
    const insz = inszOfKey(persons.keyOf(personOf(persons, plan, kind, number)));
    const isBadDate = kind === 'bad-date';
    await buffer.add(form.record(number, kind === 'bad-insz' ? spoiled(insz) : insz, isBadDate, SENDER_QUALITY));
  }
  await buffer.add(form.end());
  await buffer.write();
  await file.sync();
  return { records: plan.records, bytes: buffer.bytes, kinds };
}

/** The number of the person a record is about, as `SyntheticPersons` counts them. */
export function personOf(persons: SyntheticPersons, plan: BatchPlan, kind: RecordKind, record: number): number {
  const random = persons.random(record ^ (plan.seed << 7), 77);
  const routed: PersonClass = plan.receivers === 1 ? 'one-receiver' : 'three-receivers';
  return persons.ofClass(kind === 'without-line' || kind === 'not-authorized' ? CLASS_OF[kind] : routed, random);
}

/** Check digits that are of neither century: those of 1900 lie 68 or 29 from those of 2000. */
function spoiled(insz: string): string {
  const check = Number(insz.slice(9));
  return `${insz.slice(0, 9)}${String(check === 97 ? 1 : check + 1).padStart(2, '0')}`;
}

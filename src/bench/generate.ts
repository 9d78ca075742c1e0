/**
 * Synthetic directories and batches about them, of any size and written as streams: for benchmarks and tests.
 *
 *     await writeDirectory('dump.csv', { persons: 100_000, seed: 1 })
 *     await writeBatch('batch.csv', { form: 'delimited', records: 10_000, seed: 1, receivers: 1, directory: { persons: 100_000, seed: 1 } })
 *
 * A batch is made for a flow with `senderLine: required` that `SENDER` hands in, and acts that let each
 * `receiverInstitution(0 … RECEIVERS - 1)` have it in `RECEIVER_QUALITY`. `kindOf(record)` says what then becomes of a record.
 */
export { type BatchPlan, kindOf, personOf, type RecordKind, type WrittenBatch, writeBatch } from './generate-batch.ts';
export { type WrittenDirectory, writeDirectory } from './generate-directory.ts';
export {
  OTHER_QUALITY,
  RECEIVER_QUALITY,
  RECEIVERS,
  receiverInstitution,
  SENDER,
  SENDER_QUALITY,
  type SyntheticDirectory,
  SyntheticPersons,
} from './generate-persons.ts';
export type { BatchForm } from './generate-records.ts';

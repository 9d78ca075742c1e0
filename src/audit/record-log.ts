import type { PartnerId } from '../domain/principal.ts';
import type { ContentStore } from '../storage/content-store.ts';
import { JsonLinesContent } from '../storage/json-lines-content.ts';

/** What became of one record of a batch: one line of its record log. `record` counts from 1. */
export type RecordOutcome = {
  readonly record: number;
  readonly outcome: 'accepted' | 'refused' | 'without-receiver';
  /** Codes of all its faults and remarks; empty where there were none. */
  readonly codes: readonly string[];
  readonly receivers: readonly RecordReceiver[];
};

export type RecordReceiver = {
  readonly receiver: PartnerId;
  readonly authorization: { readonly id: string; readonly version: number };
  /** The quality by which the receiver knows the person. */
  readonly quality: string;
  /** Data blocks this receiver may not have and did not get. */
  readonly filtered: readonly string[];
};

export type RecordLog = JsonLinesContent<RecordOutcome>;

/**
 * Begins the record log of one batch: one line per record, whose digest and counts stand in one audit line.
 * @throws GatewayError `out-of-space`
 */
export function beginRecordLog(store: ContentStore): Promise<RecordLog> {
  return JsonLinesContent.begin<RecordOutcome>(store);
}

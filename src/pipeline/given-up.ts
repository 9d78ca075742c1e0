import { WHOLE_FILE } from '../formats/record-format.ts';
import type { ContentRef } from '../storage/content-store.ts';
import type { BatchResult } from './batch.ts';
import { NO_QUESTIONS } from './questions.ts';

/** The hub gives a file up that it could not process. Source: docs/domain.md "Which case gets which code". */
export const GIVEN_UP = '430';

/** What its sender is told: as of a batch that found a fault of the file as a whole, and decided no record. */
export function givenUp(reason: string, nothing: ContentRef): BatchResult {
  return {
    fileErrors: [{ field: WHOLE_FILE, code: GIVEN_UP, detail: reason }],
    totals: { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 },
    ...{ outputs: [], refusals: nothing, information: nothing, refusedCount: 0, informationCount: 0 },
    ...{ unknownCount: 0, recordLog: nothing, originals: [], questions: NO_QUESTIONS, changes: [] },
    ...{ layoutVersion: '', directoryVersion: '0' },
  };
}

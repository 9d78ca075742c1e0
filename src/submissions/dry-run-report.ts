import type { Finding } from '../domain/finding.ts';
import type { RecordTotals, SubmissionState, Ticket } from '../domain/submission.ts';
import { recordTicket } from '../evidence/answer-names.ts';
import type { TextOf } from '../evidence/notification.ts';
import type { RecordAnswer } from '../pipeline/batch.ts';
import type { Judged } from './dry-run.ts';
import type { Sender } from './sender.ts';

type Fault = {
  readonly field: string;
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly value?: string | undefined;
  readonly text: string;
};
type RecordReport = { readonly record: number; readonly ticket: string; readonly faults: readonly Fault[] };

/** What would become of a file: a notification without a submission behind it. */
export type DryRunReport = {
  readonly kind: 'dry-run';
  readonly version: 1;
  readonly ticket: Ticket;
  readonly file: string;
  readonly partner: string;
  readonly flow: string;
  readonly state: SubmissionState;
  readonly errors: readonly { readonly code: string; readonly text: string }[];
  readonly records: RecordTotals;
  /** The first thousand. */
  readonly refused: readonly RecordReport[];
  readonly information: readonly RecordReport[];
  readonly generation: string;
  readonly directoryVersion: string;
};

const NOTHING: RecordTotals = { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 };

/** In the language of the partner. */
export function reportOf(judged: Judged, { name, partner, flow }: Sender, textOf: TextOf): DryRunReport {
  const { ticket, state, errors, records, generation } = judged.submission;
  const told = ({ record, faults }: RecordAnswer): RecordReport => ({
    ...{ record, ticket: recordTicket(ticket, record) },
    faults: faults.map(({ field, code, severity, value, detail }) => ({
      ...{ field, code, severity, value },
      text: textOf(code, partner.language, detail),
    })),
  });
  return {
    ...{ kind: 'dry-run', version: 1, ticket, file: name, partner: partner.id, flow: flow.code },
    ...{ state, errors, records: records ?? NOTHING },
    ...{ refused: judged.refused.map(told), information: judged.information.map(told) },
    ...{ generation, directoryVersion: judged.directoryVersion },
  };
}

import { GatewayError } from '../domain/errors.ts';
import type { Ticket } from '../domain/submission.ts';
import type { Ledger } from '../storage/ledger.ts';

/** What became of one submission, for operators: no payload, no records. @throws GatewayError `not-found` */
export async function traceOf(ledger: Ledger, ticket: Ticket) {
  const submission = await ledger.read({ kind: 'submission', ticket });
  if (submission === undefined) throw new GatewayError('not-found', `no submission has the ticket ${ticket}`);
  const deliveries = await ledger.read({ kind: 'deliveries', ticket });
  return {
    ticket,
    partner: submission.partner,
    flow: submission.flow,
    environment: submission.environment,
    file: submission.fileName,
    sha256: submission.sha256,
    state: submission.state,
    errors: submission.errors,
    records: submission.records,
    receivedAt: timeOf(submission.receivedAt),
    answeredAt: timeOf(submission.answeredAt),
    generation: submission.generation,
    answers: [...submission.receipt, ...submission.notification].map((file) => file.name),
    deliveries: deliveries.map(({ id, receiver, sequence, records, state, files }) => ({
      ...{ id, receiver, sequence, records, state },
      files: files.map((file) => file.name),
    })),
  };
}

function timeOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

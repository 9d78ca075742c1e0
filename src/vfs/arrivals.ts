import { randomInt } from 'node:crypto';
import { type Arrival, onArrival } from '../domain/arrival.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Session } from '../domain/principal.ts';
import { newTicket } from '../domain/submission.ts';
import { nameOf } from '../domain/vpath.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { StoredPlace } from './places.ts';

const TICKET_RANDOM = 2 ** 32;

/**
 * The ledger commands that record a file's arrival, for the very commit that makes its name appear: the work for the
 * pipeline and, where the file is complete at once, its freeze. None outside an intake folder.
 */
export function arrivalCommands(
  session: Session,
  place: StoredPlace,
  size: number,
  generation: Generation,
  now: number,
): readonly LedgerCommand[] {
  if (place.kind !== 'intake') return [];
  const flow = generation.flows.find((candidate) => candidate.code === place.flow);
  const takesGoFiles = flow === undefined || flow.triggers.includes('go-file');
  const step = onArrival(
    { name: nameOf(place.ledgerPath), size, protocol: session.protocol, takesGoFiles },
    now,
    generation.limits,
  );
  if (step.kind === 'none') return [];
  const ticket = step.freeze ? newTicket(now, randomInt(TICKET_RANDOM)) : undefined;
  const arrival: Arrival = {
    path: place.ledgerPath,
    partner: session.principal.partner,
    principal: session.principal,
    protocol: session.protocol,
    accessMethod: session.accessMethod,
    environment: place.environment,
    folderFlow: place.flow,
    ticket,
    arrivedAt: now,
  };
  const enqueue: LedgerCommand = {
    kind: 'enqueue',
    queue: 'arrival',
    key: place.ledgerPath,
    dueAt: step.dueAt,
    payload: arrival,
  };
  if (ticket === undefined) return [enqueue];
  return [{ kind: 'freeze', path: place.ledgerPath, ticket, expect: 'any' }, enqueue];
}

/** Folders do not arrive: a folder in an intake would hide files from the pipeline. */
export function refuseFolderInIntake(place: StoredPlace): void {
  if (place.kind === 'intake') throw new GatewayError('not-allowed', 'an intake folder takes files, not folders');
}

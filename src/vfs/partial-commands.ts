import { principalName } from '../domain/principal.ts';
import type { LedgerCommand, PartialRow, TargetRow } from '../storage/commands.ts';
import { actionLine } from './audit-lines.ts';
import type { UploadPlan } from './upload.ts';

/** What this principal held of the file in parts is over. */
export function endPartial({ session, place }: UploadPlan): LedgerCommand {
  return { kind: 'endPartial', principal: principalName(session.principal), path: place.ledgerPath };
}

/** The line of an upload whose bytes are given up. */
export function abandoned({ session, path, rule }: UploadPlan): LedgerCommand {
  return { kind: 'audit', line: actionLine(session, 'abandon-parts', path, 'done', rule) };
}

/** What is held of an upload of unknown size, as long as the name is what it was when that began. */
export function unfinishedOf(target: TargetRow | undefined): PartialRow | undefined {
  const { partial, entry } = target ?? {};
  return partial !== undefined && partial.size > 0 && partial.base === (entry?.version ?? 0) ? partial : undefined;
}

import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Submission, Ticket } from '../../src/domain/submission.ts';
import { parseVPath, type VPath } from '../../src/domain/vpath.ts';
import type { AuditLine, EntryRow, Expectation, LedgerCommand } from '../../src/storage/commands.ts';
import type { ContentRef } from '../../src/storage/content-store.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { tempFolder } from './temp-folder.ts';

/** Opens a ledger that keeps everything below a folder; opened again on the same folder, it holds what it held. */
export type OpenLedger = (options: { readonly folder: string; readonly clock: Clock }) => Promise<Ledger>;

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  at = 1_700_000_000_000;
  now(): number {
    return this.at;
  }
  monotonic(): number {
    return this.at;
  }
}

/** A new ledger for the running test, closed when it ends. */
export async function newLedger(open: OpenLedger): Promise<{ ledger: Ledger; clock: HandClock; folder: string }> {
  const folder = await tempFolder();
  const clock = new HandClock();
  const ledger = await open({ folder, clock });
  onTestFinished(() => ledger.close());
  return { ledger, clock, folder };
}

export const AT = 1_600_000_000_000;
export const TICKET = ticket('0000000000001');

export function path(raw: string): VPath {
  return parseVPath(raw);
}

/** Tests write tickets and partners by hand. */
export function ticket(raw: string): Ticket {
  return raw as Ticket;
}

export function partner(raw: string): PartnerId {
  return raw as PartnerId;
}

export function content(id: string): ContentRef {
  return { contentId: id, size: id.length, sha256: id.padEnd(64, '0') };
}

export function publish(raw: string, id = raw, more: { readonly expiresAt?: number } = {}): LedgerCommand {
  return {
    kind: 'publish',
    path: path(raw),
    content: content(id),
    expect: 'any',
    parentMustExist: false,
    at: AT,
    ...more,
  };
}

export function folder(raw: string): LedgerCommand {
  return { kind: 'makeFolder', path: path(raw), parentMustExist: false, at: AT };
}

export function freeze(raw: string, by = TICKET, expect: Expectation = 'any'): LedgerCommand {
  return { kind: 'freeze', path: path(raw), ticket: by, expect };
}

export function move(from: string, to: string, overwrite = false): LedgerCommand {
  return { kind: 'move', from: path(from), to: path(to), overwrite, parentMustExist: false, at: AT + 1 };
}

export function copy(
  from: string,
  to: string,
  options: { overwrite?: boolean; recursive?: boolean } = {},
): LedgerCommand {
  const { overwrite = false, recursive = true } = options;
  return { kind: 'copy', from: path(from), to: path(to), overwrite, recursive, parentMustExist: false, at: AT + 1 };
}

export function remove(raw: string, recursive = false): LedgerCommand {
  return { kind: 'remove', path: path(raw), recursive };
}

export function audit(fields: AuditLine['fields'] = {}): LedgerCommand {
  return { kind: 'audit', line: { kind: 'test', outcome: 'done', fields } };
}

/** Every path at or below a folder that has rows, with the content of files. */
export async function tree(ledger: Ledger, root = '/'): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = async (entry: EntryRow): Promise<void> => {
    found[entry.path] = entry.kind === 'folder' ? 'folder' : entry.contentId;
    await list(entry.path);
  };
  const list = async (at: VPath): Promise<void> => {
    for (const entry of await ledger.read({ kind: 'children', folder: at, after: '', limit: 1000 })) await visit(entry);
  };
  await list(path(root));
  return found;
}

export function submission(id: string, changes: Partial<Submission> = {}): Submission {
  return {
    ticket: ticket(id),
    partner: partner('rva'),
    principal: { kind: 'machine', id: 'batch', partner: partner('rva'), roles: [] },
    flow: 'ADDR',
    environment: 'R',
    fileName: 'a.csv',
    sha256: 'd'.repeat(64),
    files: [
      { role: 'data', path: path('/partners/rva/IN/ADDR/a.csv'), contentId: 'in', size: 1, sha256: 'd'.repeat(64) },
    ],
    receivedAt: AT,
    generation: 'g',
    state: 'received',
    errors: [],
    receipt: [],
    notification: [],
    ...changes,
  };
}

export function delivery(id: string, sequence: number, changes: Partial<Delivery> = {}): Delivery {
  return {
    id,
    ticket: TICKET,
    receiver: partner('kbf'),
    flow: 'ADDR',
    environment: 'R',
    sequence,
    folder: path('/partners/kbf/OUT/ADDR'),
    files: [{ name: 'out.csv', contentId: `out-${id}`, size: 1, sha256: 'e'.repeat(64) }],
    records: 1,
    state: 'pending',
    ...changes,
  };
}

import type { Delivery } from '../domain/delivery.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { VPath } from '../domain/vpath.ts';
import type { AuditLine, ChainedLine, DeadProperty, EntryRow } from './commands.ts';
import { integer, optionalInteger, optionalText, type Row, text } from './sql.ts';

// Rows were written by this program from trusted values, so parsing them is a matter of names and types.

export function parseEntry(row: Row): EntryRow {
  const folder = text(row, 'folder');
  const frozenBy = optionalText(row, 'frozen_by');
  const expiresAt = optionalInteger(row, 'expires_at');
  const properties = optionalText(row, 'properties');
  return {
    path: `${folder === '/' ? '' : folder}/${text(row, 'name')}` as VPath,
    kind: text(row, 'kind') as EntryRow['kind'],
    version: integer(row, 'version'),
    contentId: text(row, 'content_id'),
    size: integer(row, 'size'),
    sha256: text(row, 'sha256'),
    createdAt: integer(row, 'created_at'),
    modifiedAt: integer(row, 'modified_at'),
    ...(frozenBy === undefined ? {} : { frozenBy: frozenBy as Ticket }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(properties === undefined ? {} : { properties: parseProperties(properties) }),
  };
}

function parseProperties(json: string): readonly DeadProperty[] {
  const rows = JSON.parse(json) as readonly (readonly [namespace: string, name: string, xml: string])[];
  return rows.map(([namespace, name, xml]) => ({ namespace, name, xml }));
}

export function parseSubmission(row: Row): Submission {
  return { ...(JSON.parse(text(row, 'body')) as Submission), state: text(row, 'state') as Submission['state'] };
}

export function parseDelivery(row: Row): Delivery {
  return { ...(JSON.parse(text(row, 'body')) as Delivery), state: text(row, 'state') as Delivery['state'] };
}

export function parseReceivers(row: Row): readonly string[] {
  return JSON.parse(text(row, 'receivers')) as readonly string[];
}

export function parseChainedLine(row: Row): ChainedLine {
  return {
    seq: integer(row, 'seq'),
    at: integer(row, 'at'),
    kind: text(row, 'kind'),
    outcome: text(row, 'outcome') as AuditLine['outcome'],
    fields: JSON.parse(text(row, 'fields')) as AuditLine['fields'],
    previous: text(row, 'previous'),
    hash: text(row, 'hash'),
  };
}

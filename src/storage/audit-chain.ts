import { hash } from 'node:crypto';
import type { AuditLine, ChainedLine } from './commands.ts';

/** What the first line of the audit log names as its previous one. */
export const GENESIS = '0'.repeat(64);

/** The one way to write a JSON value: keys in code-unit order, no spaces, members without a value left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** SHA-256, lower-case hex, over the previous hash (as hex) and the canonical JSON of seq, at, kind, outcome and fields. */
export function chainHash(previous: string, line: AuditLine & { readonly seq: number; readonly at: number }): string {
  const { seq, at, kind, outcome, fields } = line;
  return hash('sha256', previous + canonicalJson({ seq, at, kind, outcome, fields }), 'hex');
}

/** The line that follows `previous` in the chain. */
export function chain(
  previous: { readonly seq: number; readonly hash: string },
  at: number,
  line: AuditLine,
): ChainedLine {
  const seq = previous.seq + 1;
  const { kind, outcome, fields } = line;
  return {
    seq,
    at,
    kind,
    outcome,
    fields,
    previous: previous.hash,
    hash: chainHash(previous.hash, { ...line, seq, at }),
  };
}

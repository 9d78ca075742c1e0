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

/** What a line gets that follows another in the chain; its fields as canonical JSON. */
export type Link = Pick<ChainedLine, 'seq' | 'at' | 'previous' | 'hash'> & { readonly fields: string };

/** The line that follows `previous` in the chain. Its fields, which are most of it, are put into JSON once. */
export function chain(
  previous: { readonly seq: number; readonly hash: string },
  at: number,
  { kind, outcome, fields: members }: AuditLine,
): Link {
  const seq = previous.seq + 1;
  const fields = canonicalJson(members);
  const text = `{"at":${at},"fields":${fields},"kind":${JSON.stringify(kind)},"outcome":"${outcome}","seq":${seq}}`;
  return { seq, at, fields, previous: previous.hash, hash: hash('sha256', previous.hash + text, 'hex') };
}

import { crashPoint } from '../domain/crash-point.ts';
import { canonicalJson, chain, GENESIS } from './audit-chain.ts';
import { integer, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';

/** Appends a line to the chain, in the transaction of the change that it records. */
export function appendAudit({ sql, now }: Step, { line }: Command<'audit'>): void {
  const last = sql.get('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const head = last === undefined ? { seq: 0, hash: GENESIS } : { seq: integer(last, 'seq'), hash: text(last, 'hash') };
  const { seq, at, kind, outcome, fields, previous, hash } = chain(head, now, line);
  sql.run(
    `INSERT INTO audit (seq, at, kind, outcome, fields, previous, hash)
     VALUES ($seq, $at, $kind, $outcome, $fields, $previous, $hash)`,
    { seq, at, kind, outcome, fields: canonicalJson(fields), previous, hash },
  );
  crashPoint(`audit.append.${kind}`);
}

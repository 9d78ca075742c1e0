import { crashPoint } from '../domain/crash-point.ts';
import { chain } from './audit-chain.ts';
import type { Command, Step } from './sqlite-step.ts';

/** Appends a line to the chain, in the transaction of the change that it records. */
export function appendAudit({ sql, now, writing }: Step, { line }: Command<'audit'>): void {
  const { kind, outcome } = line;
  const { seq, at, fields, previous, hash } = chain(writing.head, now, line);
  sql.run(
    `INSERT INTO audit (seq, at, kind, outcome, fields, previous, hash)
     VALUES ($seq, $at, $kind, $outcome, $fields, $previous, $hash)`,
    { seq, at, kind, outcome, fields, previous, hash },
  );
  writing.head = { seq, hash };
  crashPoint(`audit.append.${kind}`);
}

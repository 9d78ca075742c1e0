import { chainHash, GENESIS } from '../storage/audit-chain.ts';
import type { ChainedLine } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { type Head, signedPart } from './heads.ts';

const PAGE_LINES = 1000;

/** What is wrong with the audit log, and from which line on it can not be trusted. */
export type AuditFault = {
  readonly seq: number;
  readonly kind: 'altered' | 'missing' | 'inserted' | 'out-of-order' | 'rewritten' | 'cut' | 'head-forged';
  /** For the auditor. */
  readonly reason: string;
};

/** `lines` counts what was read, `hash` is that of the last good line. */
export type AuditVerdict = {
  readonly lines: number;
  readonly hash: string;
  readonly fault?: AuditFault | undefined;
};

export type VerifyOptions = {
  /** Whether a signature over these bytes is the gateway's. Absent where heads are not signed. */
  readonly checkSignature?: ((data: Uint8Array, signature: Uint8Array) => Promise<boolean>) | undefined;
  /** Lines the log must hold at least, as written down outside the gateway. */
  readonly atLeast?: number | undefined;
};

/** Every line of the audit log, in order, read page by page. */
export async function* auditLinesOf(ledger: Pick<Ledger, 'read'>): AsyncGenerator<ChainedLine> {
  let from = 1;
  for (;;) {
    const page = await ledger.read({ kind: 'auditLines', from, limit: PAGE_LINES });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    from = last.seq + 1;
  }
}

/**
 * Checks that no line was altered, dropped, put in or moved since it was written, as far as chain and signed heads tell. It
 * stops at the first fault.
 */
export async function verifyAudit(
  lines: AsyncIterable<ChainedLine>,
  heads: readonly Head[],
  options: VerifyOptions = {},
): Promise<AuditVerdict> {
  const { genuine, forged } = await checkHeads(heads, options);
  const signed = new Map(genuine.map((head) => [head.seq, head]));
  let last = { seq: 0, hash: GENESIS };
  let count = 0;
  for await (const line of lines) {
    count += 1;
    const fault = faultOfLine(line, last) ?? faultOfHead(line, signed.get(line.seq));
    if (fault !== undefined) return { lines: count, hash: last.hash, fault };
    last = { seq: line.seq, hash: line.hash };
  }
  return { lines: count, hash: last.hash, fault: faultOfEnd(last.seq, genuine, options) ?? forged };
}

async function checkHeads(
  heads: readonly Head[],
  { checkSignature }: VerifyOptions,
): Promise<{ readonly genuine: readonly Head[]; readonly forged: AuditFault | undefined }> {
  if (checkSignature === undefined) return { genuine: heads, forged: undefined };
  const genuine: Head[] = [];
  let forged: AuditFault | undefined;
  for (const head of heads) {
    if (await checkSignature(signedPart(head), Buffer.from(head.signature, 'base64'))) genuine.push(head);
    else
      forged ??= {
        seq: head.seq,
        kind: 'head-forged',
        reason: `the head of line ${head.seq} is not signed by the gateway`,
      };
  }
  return { genuine, forged };
}

function faultOfLine(line: ChainedLine, last: { readonly seq: number; readonly hash: string }): AuditFault | undefined {
  const expected = last.seq + 1;
  if (line.seq > expected) {
    return { seq: expected, kind: 'missing', reason: `lines ${expected} to ${line.seq - 1} are missing` };
  }
  if (line.seq < expected) {
    return { seq: line.seq, kind: 'out-of-order', reason: `line ${line.seq} stands again after line ${last.seq}` };
  }
  if (chainHash(line.previous, line) !== line.hash) {
    return { seq: line.seq, kind: 'altered', reason: `line ${line.seq} is not the one that was written` };
  }
  if (line.previous !== last.hash) {
    return { seq: line.seq, kind: 'inserted', reason: `line ${line.seq} does not follow the line before it` };
  }
  return undefined;
}

function faultOfHead(line: ChainedLine, head: Head | undefined): AuditFault | undefined {
  if (head === undefined || head.hash === line.hash) return undefined;
  const reason = `the chain up to line ${line.seq} was made anew: its signed head of ${new Date(head.at).toISOString()} says otherwise`;
  return { seq: line.seq, kind: 'rewritten', reason };
}

function faultOfEnd(lastSeq: number, heads: readonly Head[], { atLeast = 0 }: VerifyOptions): AuditFault | undefined {
  const promised = heads.reduce((highest, head) => Math.max(highest, head.seq), atLeast);
  if (promised <= lastSeq) return undefined;
  return { seq: lastSeq + 1, kind: 'cut', reason: `the log ends at line ${lastSeq}, and once held line ${promised}` };
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readHeads } from '../audit/heads.ts';
import { type AuditVerdict, auditLinesOf, verifyAudit } from '../audit/verify.ts';
import { verifyDetached } from '../evidence/cms-verify.ts';
import { parseCertificates } from '../pki/certificate.ts';
import { openSqliteReader } from '../storage/sqlite-reader.ts';
import { type CommonOptions, dataDirectory, soundSettings } from './places.ts';
import { readOrRefuse } from './read-or-refuse.ts';

/** Verifies chain and signed heads of the audit log, beside a running gateway or without one. @returns 1 for a fault */
export async function auditVerify(options: CommonOptions): Promise<0 | 1> {
  const { lines, hash, heads, fault } = await auditVerdict(options);
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: fault === undefined, lines, hash, heads, fault })}\n`);
  else if (fault === undefined)
    process.stdout.write(`${lines} lines and ${heads} signed heads, unaltered; the last hash is ${hash}\n`);
  else process.stdout.write(`line ${fault.seq}: ${fault.kind}: ${fault.reason}\n`);
  return fault === undefined ? 0 : 1;
}

/** What chain and signed heads say. @returns `heads`: how many there are */
export async function auditVerdict(
  options: Pick<CommonOptions, 'config' | 'data'>,
): Promise<AuditVerdict & { readonly heads: number }> {
  const data = await dataDirectory(options);
  const heads = await readHeads(join(data, 'audit'));
  const reader = openSqliteReader(join(data, 'ledger.sqlite'));
  try {
    const checkSignature = await headChecker(options.config);
    return { ...(await verifyAudit(auditLinesOf(reader), heads, { checkSignature })), heads: heads.length };
  } finally {
    await reader.close();
  }
}

/** The lines of a reference that a refused visitor was given. @returns 1 where there is none */
export async function auditReference(reference: string, options: CommonOptions): Promise<0 | 1> {
  const reader = openSqliteReader(join(await dataDirectory(options), 'ledger.sqlite'));
  try {
    const lines = await reader.read({ kind: 'auditLinesOf', reference: reference.trim().toUpperCase() });
    for (const { seq, at, kind, outcome, fields } of lines) {
      const told = { seq, at: new Date(at).toISOString(), kind, outcome, ...fields };
      if (options.json) process.stdout.write(`${JSON.stringify(told)}\n`);
      else for (const [name, value] of Object.entries(told)) process.stdout.write(`${name.padEnd(14)}${value}\n`);
    }
    if (lines.length === 0) process.stderr.write(`no line of the log has the reference ${reference}\n`);
    return lines.length === 0 ? 1 : 0;
  } finally {
    await reader.close();
  }
}

/** Heads carry the gateway's own detached signature. */
async function headChecker(config: string): Promise<(data: Uint8Array, signature: Uint8Array) => Promise<boolean>> {
  const { pki } = await soundSettings(config);
  const trusted = parseCertificates((await readOrRefuse(pki.files.signerIssuer)).toString());
  return async (data, signature) => {
    const result = await verifyDetached({
      cms: signature,
      sha256: createHash('sha256').update(data).digest('hex'),
      trusted,
      at: Date.now(),
    });
    return result.ok;
  };
}

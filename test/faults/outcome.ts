import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSignatureFile } from '../../src/evidence/cms.ts';
import { verifyDetached } from '../../src/evidence/cms-verify.ts';
import { parseCertificates } from '../../src/pki/certificate.ts';
import type { MailboxFile } from './partners.ts';

const SMALL_BYTES = 4096;

export type Mailboxes = ReadonlyMap<string, readonly MailboxFile[]>;

/** The tickets the two receipts name. @throws Error where there is not exactly one receipt of each */
export function ticketsIn(mailboxes: Mailboxes): { readonly batch: string; readonly set: string } {
  const receipts = filesOf(mailboxes, 'batch@ksz').filter(({ name }) => name.endsWith('.receipt.json'));
  const acrfs = filesOf(mailboxes, 'batch@rva').filter(({ name }) => name.startsWith('FO.ACRF.'));
  return {
    batch: ticketOf(receipts, /"ticket": "([0-9A-Z]{13})"/),
    set: ticketOf(acrfs, /<ReferenceNbr>([0-9A-Z]{13})</),
  };
}

/**
 * Every file in every mailbox, one line each, sorted: name and bytes with braces for what no two runs share (ticket, time,
 * configuration, serial numbers of answers). A signature is verified and stands as such.
 */
export async function outcomeOf(mailboxes: Mailboxes, certificates: string): Promise<readonly string[]> {
  const trusted = parseCertificates(await readFile(join(certificates, 'signer-ca.pem'), 'utf8'));
  const tickets = ticketsIn(mailboxes);
  const lines: string[] = [];
  for (const [account, files] of mailboxes) {
    for (const file of files) {
      const signed = signedBy(file, files);
      const what = signed === undefined ? plain(file.bytes.toString(), tickets) : await signatureOf(file, signed);
      lines.push(`${account} ${plain(file.name, tickets)}: ${what.length < SMALL_BYTES ? what : digest(what)}`);
    }
  }
  return lines.sort();

  async function signatureOf(signature: MailboxFile, { bytes }: MailboxFile): Promise<string> {
    const cms = readSignatureFile(signature.bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const result = cms && (await verifyDetached({ cms, sha256, trusted, at: Date.now() }));
    return result?.ok === true ? 'a good signature' : 'a bad signature';
  }
}

/** The file a signature stands beside; undefined where this is no signature. */
function signedBy({ name }: MailboxFile, files: readonly MailboxFile[]): MailboxFile | undefined {
  const isOfSet = name.startsWith('FS.');
  if (!isOfSet && !name.endsWith('.p7s')) return undefined;
  const signed = isOfSet ? `FO.${name.slice(3)}` : name.slice(0, -'.p7s'.length);
  const found = files.find((file) => file.name === signed);
  if (found === undefined) throw new Error(`${name} signs nothing`);
  return found;
}

function plain(text: string, { batch, set }: { readonly batch: string; readonly set: string }): string {
  return text
    .replaceAll(batch, '{batch}')
    .replaceAll(set, '{set}')
    .replace(/("generation": "|<generation>)[0-9a-f]{64}/g, '$1{generation}')
    .replace(/("receivedAt": "|<receivedAt>)[^"<]+/g, '$1{time}')
    .replace(/(<FormCreation(?:Date|Hour)>)[^<]+/g, '$1{time}')
    .replace(/((?:FO|FS|GO)\.[A-Z]{4}\.999999)\.\d{8}\.[0-9A-Z]{5}/g, '$1.{date}.{serial}');
}

export function filesOf(mailboxes: Mailboxes, account: string): readonly MailboxFile[] {
  return mailboxes.get(account) ?? [];
}

function ticketOf(receipts: readonly MailboxFile[], pattern: RegExp): string {
  const texts = receipts.map(({ name, bytes }) => `${name}\n${bytes}`);
  const [, ticket] = pattern.exec(texts.join()) ?? [];
  if (ticket === undefined || texts.length > 1) {
    throw new Error(`one receipt is expected and not ${texts.length}:\n${texts.join('\n')}`);
  }
  return ticket;
}

function digest(text: string): string {
  return `${text.length} characters, SHA-256 ${createHash('sha256').update(text).digest('hex')}`;
}

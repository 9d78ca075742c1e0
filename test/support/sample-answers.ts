import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ExchangePlace } from './exchange-place.ts';
import { withPlaceholders } from './expected.ts';
import { takeUpAll } from './reload.ts';

const FIXTURES = new URL('../fixtures/answers/', import.meta.url);

/** What a file with one fault of every kind is answered, in a format and a language. */
export type Manner = { readonly format: 'json' | 'rsz-xml'; readonly language: 'nl' | 'fr' | 'de' | 'en' };

/** A flow of the shipped configuration, who sends its files, and where. */
export const SENDERS = {
  ADRM: { account: 'batch@ksz', extension: 'csv', folder: '/ADRM' },
  WLAT: { account: 'batch@rva', extension: 'jsonl', folder: '' },
  BBON: { account: 'batch@rsz', extension: 'txt', folder: '/BBON' },
  DIMN: { account: 'batch@sec', extension: 'xml', folder: '/DIMN' },
  SOCQ: { account: 'batch@eco', extension: 'csv', folder: '/SOCQ' },
  SOCR: { account: 'batch@ksz', extension: 'csv', folder: '/SOCR' },
} as const;
export type SampleFlow = keyof typeof SENDERS;

const ENVIRONMENTS = { R: ['/IN', '/OUT'], T: ['/INTEST', '/OUTTEST'] } as const;

/** Who knows the people of the samples: KSZ, RSZ and the secretariat have lines of some, RVA's stand in the shipped directory. */
export function withLinesOfSenders(lines: string): string {
  return lines
    .replace(/00022993779;10;0;.*\n/, (line) => `${line}00022993779;11;0;001;0;2008-01-01;;\n`)
    .replace(/85113098277;11;0;.*\n/, (line) => `${line}85113098277;12;0;030;0;2019-04-01;;\n`)
    .replace(/74031295170;12;0;.*\n/, (line) => `${line}74031295170;12;1;000;0;2019-04-01;;\n`)
    .replace('74031295170;18;0;001;0;2025-10-01;;\n', (line) => `${line}74031295170;25;0;000;0;2019-04-01;;\n`)
    .replace(/91220892329;10;0;.*\n/, (line) => `${line}91220892329;25;0;000;0;2016-02-01;2020-12-31;\n`)
    .replace(/74031295170;25;0;.*\n/, (line) => `${line}74031295170;900;0;000;0;2019-04-01;;\n`)
    .replace(/91220892329;25;0;.*\n/, (line) => `${line}91220892329;900;0;000;0;2016-02-01;2026-02-28;\n`);
}

/** Makes the senders be answered in one manner; `senderLine` as their flows shall ask for it. */
export function answerIn({ gateway }: ExchangePlace, manner: Manner, senderLine: 'none' | 'required'): Promise<string> {
  const partner = (text: string) =>
    text
      .replace(/^answerFormat: .*$/m, `answerFormat: ${manner.format}`)
      .replace(/^language: .*$/m, `language: ${manner.language}`);
  const flow = (text: string) => text.replace(/^senderLine: \w+/m, `senderLine: ${senderLine}`);
  const files = Object.entries(SENDERS).flatMap(([code, { account }]) => [
    [`partners/${account.slice('batch@'.length)}.yaml`, partner] as const,
    [`flows/${code}.yaml`, flow] as const,
  ]);
  return takeUpAll(gateway, Object.fromEntries(files));
}

/**
 * A file as it is sent in one of the cases: whole, sender-line, not-authorized, refused.
 * @param lot eight digits; the number of the lot where a flow takes each once, and in references where a question is asked once
 */
export async function sentFile(flow: SampleFlow, name: string, lot: string): Promise<Buffer> {
  const bytes = await readFile(new URL(`sent/${flow}.${name}`, FIXTURES));
  return Buffer.from(bytes.toString('latin1').replaceAll('LLLLLLLL', lot), 'latin1');
}

export type Handed = { readonly ticket: string; readonly receipt: string; readonly notification: string };

/** Hands a file in and waits for its answers. @param refused whether the receipt is the only one */
export async function exchange(
  place: ExchangePlace,
  flow: SampleFlow,
  sent: {
    readonly fileName: string;
    readonly bytes: Buffer;
    readonly environment: 'R' | 'T';
    readonly refused?: boolean;
  },
  { format }: Manner,
): Promise<Handed> {
  const { account, folder } = SENDERS[flow];
  const [intake, mailboxTop] = ENVIRONMENTS[sent.environment];
  const client = await place.client(account);
  await client.put(`${intake}${folder}/${sent.fileName}`, sent.bytes);
  const mailbox = await place.mailbox(account, `${mailboxTop}${folder}`);
  const receipt =
    format === 'json' ? (await mailbox.receipt(sent.fileName)).answer : await mailbox.xml('ACRF', sent.fileName);
  const ticket = /("ticket": "|<ReferenceNbr>)([0-9A-Z]{13})/.exec(receipt.text)?.[2] ?? '';
  if (sent.refused === true) return { ticket, receipt: receipt.text, notification: '' };
  const notification =
    format === 'json'
      ? (await mailbox.notification(sent.fileName, ticket)).answer
      : await mailbox.xml('NOTI', sent.fileName, ticket);
  return { ticket, receipt: receipt.text, notification: notification.text };
}

/** What was written by hand for one case, with the size and digest of what was sent. */
export async function expectedAnswer(
  flow: SampleFlow,
  { format, language }: Manner,
  name: string,
  { bytes, lot }: { readonly bytes: Buffer; readonly lot: string },
): Promise<string> {
  const extension = format === 'json' ? 'json' : 'xml';
  const file = fileURLToPath(new URL(`${flow}/${format}/${language}/${name}.${extension}`, FIXTURES));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const text = (await readFile(file, 'utf8')).replaceAll('LLLLLLLL', lot);
  return text.replace('{size}', `${bytes.length}`).replace('{sha256}', sha256);
}

/** An answer with the names the expected ones have in braces for what no two runs share. */
export function comparable(answer: string, { ticket }: Handed): string {
  return withPlaceholders(answer, ticket);
}

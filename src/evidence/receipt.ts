import { createHash } from 'node:crypto';
import type { FindingCode } from '../domain/finding.ts';
import type { Environment } from '../domain/flow.ts';
import type { Ticket } from '../domain/submission.ts';
import { evidenceLines, fileReference, formHead, XML_HEAD, type XmlElement, xmlLines } from './xml.ts';

const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What a receipt says: that a file arrived whole and will be processed, or why not. Times: milliseconds since the epoch. */
export type ReceiptFacts = {
  readonly ticket: Ticket;
  /** The name as it was handed in; of a set, the GO's. */
  readonly file: string;
  readonly flow: string;
  readonly environment: Environment;
  readonly receivedAt: number;
  readonly size: number;
  /** Hex; empty where there is no data, of a GO without FI. */
  readonly sha256: string;
  /** The parts of a set that has several, in their order. */
  readonly parts?: readonly ReceiptPart[] | undefined;
  /** 1: will be processed; 0: will not, and `errors` say why. */
  readonly resultCode: 0 | 1;
  readonly errors: readonly { readonly code: FindingCode; readonly text: string }[];
  readonly generation: string;
  /** When the answer was made; only `rsz-xml` shows it. */
  readonly createdAt: number;
};

/** Stands for the digests of the parts of a set: theirs in hex, each with a line feed behind it, digested once more. */
export function digestOfParts(digests: readonly string[]): string {
  return createHash('sha256')
    .update(digests.map((digest) => `${digest}\n`).join(''))
    .digest('hex');
}

export type ReceiptPart = { readonly file: string; readonly size: number; readonly sha256: string };

/** docs/schemas/receipt.schema.json */
export function receiptJson(facts: ReceiptFacts): string {
  const receipt = {
    kind: 'receipt',
    version: 1,
    ticket: facts.ticket,
    file: facts.file,
    flow: facts.flow,
    environment: facts.environment,
    receivedAt: new Date(facts.receivedAt).toISOString(),
    size: facts.size,
    sha256: digestOf(facts),
    ...(facts.parts === undefined ? {} : { parts: facts.parts }),
    resultCode: facts.resultCode,
    errors: facts.errors.map(({ code, text }) => ({ code, text })),
    generation: facts.generation,
  };
  return `${JSON.stringify(receipt, undefined, 2)}\n`;
}

/** Where a GO came without data there is nothing to digest but nothing: its size says so too. */
function digestOf({ sha256 }: ReceiptFacts): string {
  return sha256 === '' ? SHA256_OF_NOTHING : sha256;
}

/** ACRF, the receipt per file of the batch channel. docs/domain.md §1 */
export function receiptXml(facts: ReceiptFacts): string {
  const result: readonly XmlElement[] = [
    ['ResultCode', facts.resultCode],
    ...facts.errors.map(({ code }): XmlElement => ['ErrorID', `ACRF-${code}`]),
  ];
  const form: XmlElement = [
    'Form',
    [...formHead('ACRF001', facts.createdAt), fileReference(facts.file, facts.ticket), ['ReceptionResult', result]],
  ];
  const evidence = evidenceLines(
    [
      ['sha256', digestOf(facts)],
      ['size', facts.size],
      ...(facts.parts ?? []).map(partElement),
      ['receivedAt', new Date(facts.receivedAt).toISOString()],
      ['generation', facts.generation],
      ['flow', facts.flow],
      ...facts.errors.map(
        ({ code, text }): XmlElement => [
          'error',
          [
            ['code', code],
            ['text', text],
          ],
        ],
      ),
    ],
    1,
  );
  return `${XML_HEAD}<ACRF>\n${xmlLines(form, 1)}${evidence}</ACRF>\n`;
}

function partElement({ file, size, sha256 }: ReceiptPart): XmlElement {
  return [
    'part',
    [
      ['file', file],
      ['sha256', sha256],
      ['size', size],
    ],
  ];
}

import type { FindingCode } from '../domain/finding.ts';
import type { Environment } from '../domain/flow.ts';
import type { Ticket } from '../domain/submission.ts';
import { evidenceLines, fileReference, formHead, XML_HEAD, type XmlElement, xmlLines } from './xml.ts';

/** What a receipt says: that a file arrived whole and will be processed, or why not. Times: milliseconds since the epoch. */
export type ReceiptFacts = {
  readonly ticket: Ticket;
  /** The name as it was handed in; of a set, the GO's. */
  readonly file: string;
  readonly flow: string;
  readonly environment: Environment;
  readonly receivedAt: number;
  readonly size: number;
  readonly sha256: string;
  /** 1: will be processed; 0: will not, and `errors` say why. */
  readonly resultCode: 0 | 1;
  readonly errors: readonly { readonly code: FindingCode; readonly text: string }[];
  readonly generation: string;
  /** When the answer was made; only `rsz-xml` shows it. */
  readonly createdAt: number;
};

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
    sha256: facts.sha256,
    resultCode: facts.resultCode,
    errors: facts.errors.map(({ code, text }) => ({ code, text })),
    generation: facts.generation,
  };
  return `${JSON.stringify(receipt, undefined, 2)}\n`;
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
      ['sha256', facts.sha256],
      ['size', facts.size],
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

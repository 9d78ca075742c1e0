import { join } from 'node:path';
import { z } from 'zod';
import { eventually } from './eventually.ts';
import { opensslVerifies } from './openssl.ts';
import type { PartnerClient } from './partner-client.ts';
import { answerKind, schemaProblems } from './schemas.ts';

const fault = z.strictObject({ field: z.string(), code: z.string(), severity: z.string(), text: z.string() });
const recordAnswer = z.strictObject({ record: z.int(), ticket: z.string(), faults: z.array(fault) });

const receiptSchema = z.strictObject({
  ...{ kind: z.literal('receipt'), version: z.literal(1), ticket: z.string().regex(/^[0-9A-Z]{13}$/) },
  ...{ file: z.string(), flow: z.string(), environment: z.enum(['R', 'T', 'S']), receivedAt: z.iso.datetime() },
  parts: z.array(z.strictObject({ file: z.string(), size: z.int(), sha256: z.string() })).optional(),
  ...{ size: z.int(), sha256: z.string(), resultCode: z.literal([0, 1]) },
  errors: z.array(z.strictObject({ code: z.string(), text: z.string() })),
  generation: z.string(),
});

const notificationSchema = z.strictObject({
  ...{
    kind: z.literal('notification'),
    version: z.literal(1),
    ticket: z.string(),
    file: z.string(),
    state: z.string(),
  },
  records: z.strictObject({ total: z.int(), accepted: z.int(), refused: z.int(), withoutReceiver: z.int() }),
  refused: z.array(recordAnswer),
  information: z.array(recordAnswer).optional(),
  ...{ generation: z.string(), directoryVersion: z.string() },
});

export type Receipt = z.infer<typeof receiptSchema>;
/** A receipt with the file it stands in. */
export type AnsweredReceipt = Receipt & { readonly answer: Answer };
export type Notification = z.infer<typeof notificationSchema>;

/** A file from a mailbox whose signature OpenSSL has verified. */
export type Answer = { readonly name: string; readonly text: string };

/** One mailbox folder of a partner as its own client sees it. Nothing is taken from it that is not rightly signed and formed. */
export class Mailbox {
  readonly #client: PartnerClient;
  readonly #folder: string;
  readonly #trusted: string;
  /** By name: what was fetched and verified before. */
  readonly #known = new Map<string, Answer>();

  constructor(gateway: { readonly certificates: string }, client: PartnerClient, folder: string) {
    this.#client = client;
    this.#folder = folder;
    this.#trusted = join(gateway.certificates, 'signer-ca.pem');
  }

  list(): Promise<readonly string[]> {
    return this.#client.list(this.#folder);
  }

  /** One answer by its name, once its signature verifies and it is as its schema says. */
  answer(name: string): Promise<Answer> {
    return this.#fetch(name);
  }

  get(name: string): Promise<Buffer> {
    return this.#client.get(`${this.#folder}/${name}`);
  }

  /** Waits for the JSON receipt of a file. @param not tickets of earlier receipts under the same name */
  async receipt(fileName: string, not: readonly string[] = []): Promise<AnsweredReceipt> {
    const isIts = (name: string) => {
      const ticket = ticketIn(name, fileName, 'receipt');
      return ticket !== undefined && !not.includes(ticket);
    };
    const answer = await this.#answer(`the receipt of ${fileName}`, isIts);
    return { ...receiptSchema.parse(JSON.parse(answer.text)), answer };
  }

  async notification(fileName: string, ticket: string): Promise<Notification & { readonly answer: Answer }> {
    const isIts = (name: string) => name === `${fileName}.${ticket}.notification.json`;
    const answer = await this.#answer(`the notification of ${fileName}`, isIts);
    return { ...notificationSchema.parse(JSON.parse(answer.text)), answer };
  }

  /** Waits for an answer in the layout of the batch channel that speaks of a file. */
  async xml(content: 'ACRF' | 'NOTI', fileName: string, ticket = ''): Promise<Answer> {
    const speaksOfIt = ({ text }: Answer) => text.includes(`<FileName>${fileName}</FileName>`) && text.includes(ticket);
    return this.#answer(`the ${content} of ${fileName}`, (name) => name.startsWith(`FO.${content}.`), speaksOfIt);
  }

  /** Names of delivered data files of a submission, once their manifests verify. */
  async deliveries(ticket: string): Promise<readonly string[]> {
    const names = await this.list();
    const ofIt = names.filter((name) => name.includes(`.${ticket}.`) && !/\.(receipt|notification)\.json/.test(name));
    for (const name of ofIt.filter((one) => one.endsWith('.manifest.json'))) await this.#fetch(name);
    return ofIt.filter((name) => !name.endsWith('.p7s') && !name.endsWith('.manifest.json'));
  }

  /** The one delivered data file of a submission with its signed manifest. */
  async delivery(ticket: string): Promise<{ readonly name: string; readonly text: string; readonly manifest: Answer }> {
    const name = await eventually(`the delivery of ${ticket}`, async () => (await this.deliveries(ticket))[0]);
    return { name, text: (await this.get(name)).toString(), manifest: await this.#fetch(`${name}.manifest.json`) };
  }

  async #answer(what: string, isIts: (name: string) => boolean, suits: (answer: Answer) => boolean = () => true) {
    return eventually(what, async () => {
      for (const name of (await this.list()).filter(isIts)) {
        const answer = await this.#fetch(name);
        if (suits(answer)) return answer;
      }
      return undefined;
    });
  }

  /** @throws Error where OpenSSL does not verify its signature */
  async #fetch(name: string): Promise<Answer> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const content = await this.get(name);
    const isSet = /^FO\.(ACRF|NOTI)\./.test(name) && !name.endsWith('.json');
    const signature = await this.get(isSet ? name.replace(/^FO/, 'FS') : `${name}.p7s`);
    const der = isSet ? Buffer.from(signature.toString(), 'base64') : signature;
    if (!(await opensslVerifies(content, der, this.#trusted))) throw new Error(`OpenSSL does not verify ${name}`);
    const answer = { name, text: content.toString() };
    const kind = answerKind(name);
    const problems = kind === undefined ? [] : await schemaProblems(kind, JSON.parse(answer.text));
    if (problems.length > 0) throw new Error(`${name} is not as its schema says: ${problems.join('; ')}`);
    this.#known.set(name, answer);
    return answer;
  }
}

/** `<file>.<ticket>.receipt.json`; undefined for any other name. */
function ticketIn(name: string, fileName: string, kind: string): string | undefined {
  const [head, tail] = [`${fileName}.`, `.${kind}.json`];
  if (!name.startsWith(head) || !name.endsWith(tail)) return undefined;
  const between = name.slice(head.length, -tail.length);
  return /^[0-9A-Z]{13}$/.test(between) ? between : undefined;
}

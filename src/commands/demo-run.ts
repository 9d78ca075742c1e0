import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../domain/errors.ts';
import { readSignatureFile } from '../evidence/cms.ts';
import { verifyDetached } from '../evidence/cms-verify.ts';
import { type Certificate, parseCertificates } from '../pki/certificate.ts';
import { type DemoClient, sftpClient, webdavClient } from './demo-clients.ts';
import type { DemoStep } from './demo-steps.ts';

const POLL_MS = 50;
const DEADLINE_MS = 40_000;
const SIGNATURES = ['unverified signature', 'none'] as const;

/** What came back for one step: files by the name the expected ones have, and what the table shows. */
export type DemoOutcome = {
  readonly step: DemoStep;
  readonly ticket: string;
  readonly state: string;
  readonly records: { readonly accepted: number; readonly refused: number };
  readonly receivers: readonly string[];
  readonly milliseconds: number;
  readonly files: ReadonlyMap<string, Buffer>;
};

export type DemoPlace = {
  readonly certificates: string;
  readonly samples: string;
  readonly host: string;
  readonly httpsPort: number;
  readonly sftpPort: number;
};

/** Plays the steps as partners would: hand in, wait for the answers, fetch them and the deliveries, check signatures. */
export class DemoRun {
  readonly #place: DemoPlace;
  readonly #clients = new Map<string, DemoClient>();
  readonly #trusted: readonly Certificate[];
  readonly #date: string;

  private constructor(place: DemoPlace, trusted: readonly Certificate[], now: number) {
    this.#place = place;
    this.#trusted = trusted;
    this.#date = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  }

  static async prepare(place: DemoPlace, now: number): Promise<DemoRun> {
    const pem = await readFile(join(place.certificates, 'signer-ca.pem'), 'utf8');
    return new DemoRun(place, parseCertificates(pem), now);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  async play(step: DemoStep): Promise<DemoOutcome> {
    const began = performance.now();
    const client = await this.#client(step.protocol, step.account);
    const sample = await readFile(join(this.#place.samples, step.sample));
    const names = step.as.map(({ name }) => name.replace('{date}', this.#date));
    for (const [index, { bytes }] of step.as.entries()) {
      const content = bytes === 'sample' ? sample : Buffer.from(bytes === SIGNATURES[0] ? 'bm90IHZlcmlmaWVk\n' : '');
      await client.put(`${step.intake}/${names[index] ?? ''}`, content);
    }
    const answers = await this.#answers(client, step, names.at(-1) ?? '');
    const deliveries = await this.#deliveries(step, answers.ticket);
    return {
      ...{ step, ...answers, receivers: deliveries.receivers },
      milliseconds: performance.now() - began,
      files: new Map([...answers.files, ...deliveries.files]),
    };
  }

  async #answers(client: DemoClient, step: DemoStep, fileName: string) {
    const receipt = await this.#until(`the receipt for ${fileName}`, () =>
      this.#find(client, step, 'receipt', fileName, ''),
    );
    const ticket = ticketOf(step, receipt.content);
    const files = new Map([[`receipt.${suffix(step)}`, receipt.content]]);
    if (isNegative(step, receipt.content))
      return { ticket, state: 'rejected', records: { accepted: 0, refused: 0 }, files };
    const what = `the notification for ${fileName}`;
    const notification = await this.#until(what, () => this.#find(client, step, 'notification', fileName, ticket));
    files.set(`notification.${suffix(step)}`, notification.content);
    return { ticket, ...totalsOf(step, notification.content), files };
  }

  /** Looks for an answer in the mailbox by what it says of itself, and checks its signature. */
  async #find(client: DemoClient, step: DemoStep, kind: 'receipt' | 'notification', fileName: string, ticket: string) {
    const names = await client.list(step.mailbox);
    for (const name of names) {
      if (!isAnswerName(step, kind, name, fileName)) continue;
      const content = await client.get(`${step.mailbox}/${name}`);
      if (step.format === 'rsz-xml' && !content.includes(`<FileName>${fileName}</FileName>`)) continue;
      if (!content.includes(ticket)) continue;
      await this.#verify(client, `${step.mailbox}/${name}`, content);
      return { name, content };
    }
    return undefined;
  }

  async #deliveries(step: DemoStep, ticket: string) {
    const files = new Map<string, Buffer>();
    const receivers: string[] = [];
    for (const { account, protocol, mailbox } of step.deliveries) {
      const client = await this.#client(protocol, account);
      const partner = account.split('@')[1] ?? '';
      const names = (await client.list(mailbox)).filter(
        (name) => name.includes(`.${ticket}.`) && !name.endsWith('.p7s'),
      );
      for (const name of names) {
        const content = await client.get(`${mailbox}/${name}`);
        if (name.endsWith('.manifest.json')) await this.#verify(client, `${mailbox}/${name}`, content);
        files.set(`delivery-${partner}.${name.split('.').slice(3).join('.')}`, content);
      }
      if (names.length > 0) receivers.push(partner);
    }
    return { files, receivers };
  }

  async #verify(client: DemoClient, path: string, content: Buffer): Promise<void> {
    const beside = path.includes('/FO.') ? path.replace('/FO.', '/FS.') : `${path}.p7s`;
    const cms = readSignatureFile(await client.get(beside));
    const sha256 = createHash('sha256').update(content).digest('hex');
    const result = cms && (await verifyDetached({ cms, sha256, trusted: this.#trusted, at: Date.now() }));
    if (result?.ok !== true) throw new GatewayError('digest-mismatch', `the signature of ${path} is not good`);
  }

  async #until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + DEADLINE_MS;
    while (performance.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await wait(POLL_MS);
    }
    throw new GatewayError('unavailable', `${what} did not come within ${DEADLINE_MS / 1000} s`);
  }

  async #client(protocol: DemoStep['protocol'], account: string): Promise<DemoClient> {
    const known = this.#clients.get(`${protocol} ${account}`);
    if (known !== undefined) return known;
    const { certificates, host, httpsPort, sftpPort } = this.#place;
    const client =
      protocol === 'SFTP'
        ? await sftpClient({ certificates, account, host, port: sftpPort })
        : await webdavClient({ certificates, account, host, port: httpsPort });
    this.#clients.set(`${protocol} ${account}`, client);
    return client;
  }
}

function suffix(step: DemoStep): string {
  return step.format === 'json' ? 'json' : 'xml';
}

function isAnswerName(step: DemoStep, kind: 'receipt' | 'notification', name: string, fileName: string): boolean {
  if (step.format === 'rsz-xml') return name.startsWith(kind === 'receipt' ? 'FO.ACRF.' : 'FO.NOTI.');
  return name.startsWith(`${fileName}.`) && name.endsWith(`.${kind}.json`);
}

function ticketOf(step: DemoStep, receipt: Buffer): string {
  return firstMatch(receipt, step.format === 'json' ? /"ticket": "([0-9A-Z]{13})"/ : /<ReferenceNbr>([0-9A-Z]{13})</);
}

function isNegative(step: DemoStep, receipt: Buffer): boolean {
  return firstMatch(receipt, step.format === 'json' ? /"resultCode": ([01])/ : /<ResultCode>([01])</) === '0';
}

function totalsOf(step: DemoStep, notification: Buffer) {
  const value = (name: string) =>
    firstMatch(notification, new RegExp(step.format === 'json' ? `"${name}": ?"?([\\w-]+)` : `<${name}>([\\w-]+)<`));
  return { state: value('state'), records: { accepted: Number(value('accepted')), refused: Number(value('refused')) } };
}

function firstMatch(content: Buffer, pattern: RegExp): string {
  return pattern.exec(content.toString())?.[1] ?? '';
}

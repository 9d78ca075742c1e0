import { type AnsweredReceipt, Mailbox, type Notification, type Receipt } from './answers.ts';
import { AuditTrail } from './audit-trail.ts';
import { todayInNames } from './expected.ts';
import { type Change, type RunningGateway, removeFolder, startGateway } from './gateway.ts';
import { type PartnerClient, SftpClient, WebdavClient } from './partner-client.ts';
import { quickSettling } from './settle.ts';

/** A running gateway whose partners hand in over SFTP and read their mailboxes, on connections that stay open. */
export class ExchangePlace {
  readonly gateway: RunningGateway;
  readonly audit: AuditTrail;
  readonly #clients = new Map<string, Promise<PartnerClient>>();
  readonly #mailboxes = new Map<string, Mailbox>();

  private constructor(gateway: RunningGateway) {
    this.gateway = gateway;
    this.audit = new AuditTrail(gateway);
  }

  static async open(change: Readonly<Record<string, Change>> = {}, network = false): Promise<ExchangePlace> {
    const settings = change['gateway.yaml'] ?? ((text: string) => text);
    const quick: Change = (text) => quickSettling(settings(text));
    return new ExchangePlace(await startGateway({ change: { ...change, 'gateway.yaml': quick }, network }));
  }

  /** On a gateway that runs already. */
  static of(gateway: RunningGateway): ExchangePlace {
    return new ExchangePlace(gateway);
  }

  /** SFTP for machines, WebDAV for persons. */
  client(account: string): Promise<PartnerClient> {
    const known = this.#clients.get(account);
    if (known !== undefined) return known;
    const opened = (account.startsWith('batch@') ? SftpClient : WebdavClient).open(this.gateway, account);
    this.#clients.set(account, opened);
    return opened;
  }

  async mailbox(account: string, folder: string): Promise<Mailbox> {
    const key = `${account} ${folder}`;
    const mailbox = this.#mailboxes.get(key) ?? new Mailbox(this.gateway, await this.client(account), folder);
    this.#mailboxes.set(key, mailbox);
    return mailbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Ends the connections; what comes later opens new ones. */
  async hangUp(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    this.#mailboxes.clear();
    for (const client of clients) (await client).close();
  }

  async close(): Promise<void> {
    await this.hangUp();
    await this.gateway.stop();
    await removeFolder(this.gateway);
  }
}

/** Where an account hands in and where it is answered. */
export type Channel = { readonly account: string; readonly intake: string; readonly mailbox: string };

export const KSZ_R: Channel = { account: 'batch@ksz', intake: '/IN/ADRM', mailbox: '/OUT/ADRM' };
export const KSZ_T: Channel = { account: 'batch@ksz', intake: '/INTEST/ADRM', mailbox: '/OUTTEST/ADRM' };

/** Puts files in order. @returns the mailbox to look for the answers in */
export async function handIn(
  place: ExchangePlace,
  { account, intake, mailbox }: Channel,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Mailbox> {
  const client = await place.client(account);
  for (const [name, bytes] of Object.entries(files)) await client.put(`${intake}/${name}`, bytes);
  return place.mailbox(account, mailbox);
}

/** What a refused file must look like from everywhere: receipt, audit line, and nothing delivered. */
export async function refusedInReceipt(place: ExchangePlace, channel: Channel, fileName: string): Promise<Receipt> {
  const receipt = await (await place.mailbox(channel.account, channel.mailbox)).receipt(fileName);
  const { ticket, errors } = receipt;
  if (receipt.resultCode !== 0) throw new Error(`${fileName} was not refused`);
  const codes = errors.map(({ code }) => code);
  await place.audit.line({ kind: 'submission', outcome: 'refused', fields: { ticket, codes, state: 'rejected' } });
  for (const kind of ['submission-answered', 'delivery']) {
    if ((await place.audit.all({ kind, fields: { ticket } })).length > 0)
      throw new Error(`${fileName} went on: ${kind}`);
  }
  return receipt;
}

/** A file that was taken: its receipt and its notification, as the log tells them too. */
export async function answeredWhole(
  place: ExchangePlace,
  channel: Channel,
  fileName: string,
  not: readonly string[] = [],
): Promise<{ readonly receipt: AnsweredReceipt; readonly notification: Notification }> {
  const mailbox = await place.mailbox(channel.account, channel.mailbox);
  const receipt = await mailbox.receipt(fileName, not);
  if (receipt.resultCode !== 1) throw new Error(`${fileName} was refused: ${JSON.stringify(receipt.errors)}`);
  const { ticket } = receipt;
  const notification = await mailbox.notification(fileName, ticket);
  await place.audit.line({ kind: 'submission', outcome: 'done', fields: { ticket, state: 'checking', codes: [] } });
  const { state } = notification;
  await place.audit.line({ kind: 'submission-answered', fields: { ticket, state, ...notification.records } });
  return { receipt, notification };
}

/** The parts of a set's name that a test may get wrong; the others are right for KSZ in T. */
export type SetParts = {
  readonly content: string;
  readonly sender: string;
  readonly date: string;
  readonly serial: string;
  readonly letter: string;
};

export function setNames(parts: Partial<SetParts> & { readonly serial: string }) {
  const { content, sender, date, serial, letter } = {
    ...{ content: 'ADRM', sender: '025000', date: todayInNames(), letter: 'T' },
    ...parts,
  };
  const middle = `${content}.${sender}.${date}.${serial}.${letter}`;
  return { fi: `FI.${middle}.1.1`, fs: `FS.${middle}.1.1`, go: `GO.${middle}.1`, td: `TD.${middle}.1` };
}

/** A day, in days from today, as names write it. */
export function dayInNames(fromToday: number): string {
  return new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}

const COLUMNS = 'record_no;ticket;ssin;ssin_replaced_by;mutation_code;effective_date;street;house_no;box;postal_code';

/** Address mutations as KSZ sends them: the header, then these rows. */
export function adrm(...rows: readonly string[]): string {
  const header = `${COLUMNS};municipality_nis;country_nis;source;quality_code;quality_begin;quality_end`;
  return [header, ...rows, ''].join('\n');
}

/** What RJV may have of them: all but where the datum came from. */
export function adrmDelivered(...rows: readonly string[]): string {
  const header = `${COLUMNS};municipality_nis;country_nis;quality_code;quality_begin;quality_end`;
  return [header, ...rows, ''].join('\n');
}

const TICKET = '7d1c0b8e-0000-4000-8000-0000000009';

/** A mutation of somebody RJV knows, with nothing wrong; the number makes each different. */
export function goodRow(number: number): string {
  const ticket = `${TICKET}${String(number).padStart(2, '0')}`;
  return `${number};${ticket};74031295170;;ADR;2026-01-05;Proefstraat;${number};;1000;21004;00150;RR;010;2019-04-01;`;
}

/** The same as RJV gets it. */
export function goodRowDelivered(number: number): string {
  return goodRow(number).replace(';RR;', ';');
}

import type { List } from '../../../src/portal/schemas/common.ts';
import type { Folder } from '../../../src/portal/schemas/files.ts';
import type { Submission } from '../../../src/portal/schemas/submissions.ts';
import { eventually } from '../../support/eventually.ts';
import { adrm, goodRow } from '../../support/exchange-place.ts';
import type { RunningGateway } from '../../support/gateway.ts';
import { SftpClient } from '../../support/partner-client.ts';
import { PortalClient } from '../../support/portal.ts';
import { CONTENT, folderOf, type PartnerName, SECRET } from './place.ts';
import type { Names } from './portal-cases.ts';

const ATTEST =
  '{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000911","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"85113098277",' +
  '"sender":{"sector":18,"institution":0},"attest":"CAREER_BREAK","status":0,"period":{"begin":"2025-09-01","end":"2025-12-31"},' +
  '"longTerm":false,"ref":"PAIRS-1"}\n';

/** What each partner hands in; to RJV and KBF comes what KSZ and RVA are allowed to give. */
const FLOW_OF: Readonly<Record<PartnerName, 'ADRM' | 'WLAT'>> = { ksz: 'ADRM', rjv: 'ADRM', rva: 'WLAT', kbf: 'WLAT' };
const SENT = {
  ADRM: { name: 'ADRM pairs.csv', text: adrm(goodRow(1)), sample: '1_ADRM_address_mutation.csv' },
  WLAT: { name: 'WLAT pairs.jsonl', text: ATTEST, sample: '4_WLAT_original.jsonl' },
} as const;
/** A partner whose folders are not by flow. */
const FLAT: PartnerName = 'rva';
const PART = 'part.bin';

/** What a partner has on the gateway: a file, an upload that was cut, a ticket with its answers, a delivery. */
export class Holder {
  readonly partner: PartnerName;
  readonly portal: PortalClient;
  readonly sftp: SftpClient;
  #touched = 0;

  private constructor(partner: PartnerName, portal: PortalClient, sftp: SftpClient) {
    this.partner = partner;
    this.portal = portal;
    this.sftp = sftp;
  }

  static async open(gateway: RunningGateway, partner: PartnerName): Promise<Holder> {
    const portal = await PortalClient.open(gateway, `anna@${partner}`);
    const sftp = await SftpClient.open(gateway, `batch@${partner}`);
    const holder = new Holder(partner, portal, sftp);
    const { name, text } = SENT[FLOW_OF[partner]];
    await holder.#put(`${folderOf(partner)}/own.txt`, 'own');
    await holder.#put(`${folderOf(partner)}/${SECRET}`, CONTENT);
    await holder.#put(`${folderOf(partner)}/${PART}`, 'parts', { 'Content-Range': 'bytes 0-4/9' });
    await sftp.put(`${holder.#folder('IN')}/${name}`, text);
    return holder;
  }

  /** All of it as it stands now; a link to an archive is good for a minute. */
  async names(own: string, shared: boolean): Promise<Names> {
    const flow = FLOW_OF[this.partner];
    const submission = await eventually(`the answer to ${this.partner}`, async () => {
      const { items } = (await this.portal.get('/submissions')) as List<Submission>;
      return items.find(({ answeredAt }) => answeredAt !== null);
    });
    const { items } = (await this.portal.get(`/folder?path=${this.#folder('OUT')}`)) as Folder;
    const delivered = items.find(({ delivery }) => delivery !== null);
    const mail = (delivered ?? items[0])?.name;
    const answer = [...submission.receipt, ...submission.notification][0]?.name;
    if (mail === undefined || answer === undefined) throw new Error(`${this.partner} has no mail`);
    const paths = [`${folderOf(this.partner)}/${SECRET}`];
    const { json } = await this.portal.ask('POST', '/archive', { json: { paths } });
    return {
      folder: folderOf(this.partner),
      part: `${folderOf(this.partner)}/${PART}`,
      mail: `${this.#folder('OUT')}/${mail}`,
      ticket: submission.ticket,
      answer,
      delivery: delivered?.delivery?.id ?? submission.ticket,
      archive: (json as { url: string }).url.split('/').at(-1) ?? '',
      flow: shared ? undefined : flow,
      sample: SENT[flow].sample,
      own,
    };
  }

  /** Changes something in its own folder. */
  touch(): Promise<void> {
    this.#touched += 1;
    return this.sftp.put(`${folderOf(this.partner)}/touched-${this.#touched}`, 'touched');
  }

  /** What must still be there when all have tried. */
  async untouched(): Promise<unknown> {
    const file = await this.portal.raw('GET', `/files${folderOf(this.partner)}/${encodeURIComponent(SECRET)}`);
    const part = await this.portal.ask('GET', `/upload?path=${folderOf(this.partner)}/${PART}`);
    return [file.body.toString(), (part.json as { offset: number }).offset];
  }

  close(): void {
    this.portal.close();
    this.sftp.close();
  }

  #folder(top: 'IN' | 'OUT'): string {
    return this.partner === FLAT ? `/${top}` : `/${top}/${FLOW_OF[this.partner]}`;
  }

  async #put(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await this.portal.ask('PUT', `/content?path=${encodeURIComponent(path)}`, {
      ...{ body, headers: { 'Content-Type': 'application/octet-stream', ...headers } },
    });
    if (answer.status > 202) throw new Error(`PUT ${path}: ${answer.status} ${answer.body}`);
  }
}

export const sameFlow = (one: PartnerName, other: PartnerName) => FLOW_OF[one] === FLOW_OF[other];

/** Names as long, which nobody has. @param partner three letters that no partner has */
export function absentNames(names: Names, partner: string): Names {
  const folder = folderOf(partner);
  const text = (value: string) =>
    value
      .replaceAll(names.ticket, never(names.ticket))
      .replaceAll(names.delivery, never(names.delivery))
      .replaceAll(names.folder, folder);
  // What was delivered carries the ticket of its sender.
  const mail = names.mail.replace(/[0-9A-Z]{13}/, never);
  return {
    ...{ folder, part: text(names.part), mail, ticket: text(names.ticket), answer: text(names.answer) },
    ...{ delivery: text(names.delivery), archive: never(names.archive), own: names.own },
    ...{ flow: names.flow === undefined ? undefined : 'QQQQ', sample: names.sample },
  };
}

/** The same with other letters and digits at its end. */
function never(id: string): string {
  return id.slice(0, -6) + [...id.slice(-6)].map((one) => (one === '0' ? '1' : '0')).join('');
}

/** A text in which every name is what it stands for. */
export function withoutNames(text: string, names: Names): string {
  const { folder, mail, ticket, answer, delivery, archive, flow } = names;
  const known = Object.entries({ answer, mail: mail.split('/').at(-1), ticket, delivery, archive, folder, flow });
  return known.reduce(
    (plain, [what, name]) =>
      name === undefined ? plain : plain.replaceAll(new RegExp(escaped(name), 'gi'), `<${what}>`),
    text,
  );
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

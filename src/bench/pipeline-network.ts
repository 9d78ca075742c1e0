import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RECEIVER_QUALITY, RECEIVERS, receiverInstitution } from './generate-persons.ts';

/**
 * The network of the pipeline benchmark, as files of a configuration: KSZ sends to 200 institutions, addresses and records in
 * the layouts of the flows of the other formats. These are mutations there, as addresses are, and their references plain
 * fields: records that change or cancel others go one by one in any format, which is no matter of formats. RJV sends addresses
 * in a flow of its own. Eight of the institutions send addresses to one of them too, for small files of several partners at once.
 */

const FLOW = fileURLToPath(new URL('../../config/flows/ADRM.yaml', import.meta.url));
/** Code of the second flow of addresses. */
export const OTHER_FLOW = 'ADRX';

const SECTORS = 20;
const FIRST_SECTOR = 100;
const TEXT_DIGEST = 'ab4c11dd3e3938042788181c0b152029479500f416b0501490f2ff2dd2d6b8f6';

/** `act`: its id; one of the shipped configuration takes the place of that one, whose parties are not here. */
type BenchFlow = {
  readonly act: string;
  readonly purpose: string;
  readonly blocks: string;
  readonly sender?: string;
};

const ADDRESSES = { purpose: 'ADDRESS_MAINTENANCE', blocks: 'key, address, quality' };
const FLOWS: Readonly<Record<string, BenchFlow>> = {
  ADRM: { act: 'adrm-bench', ...ADDRESSES },
  [OTHER_FLOW]: { act: 'adrx-bench', ...ADDRESSES, sender: '10/0' },
  BBON: { act: 'bbon-rsz-nic', purpose: 'HEALTH_INSURANCE', blocks: 'key, period, amount, quality' },
  WLAT: { act: 'wlat-bench', purpose: 'FAMILY_BENEFITS_RIGHT', blocks: 'key, attest, period' },
  DIMN: { act: 'dimn-sec-rsz', purpose: 'EMPLOYMENT', blocks: 'key, form, employment' },
};
/** By KSZ. */
const SENT = ['ADRM', 'BBON', 'WLAT', 'DIMN'];

/** Institutions that send addresses as well: the first ones. */
const SMALL_SENDERS = 8;
/** To whom they send, and the machine accounts they send by. */
export const SMALL_RECEIVER = 17;
export const SMALL_ACCOUNTS = Array.from({ length: SMALL_SENDERS }, (_, sender) => `batch@${partnerOf(sender)}`);

/** Files that are added, by path below `config/`. */
export function addedFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    [`flows/${OTHER_FLOW}.yaml`]: readFileSync(FLOW, 'utf8').replaceAll('ADRM', OTHER_FLOW),
  };
  for (const [code, flow] of Object.entries(FLOWS)) {
    files[`authorizations/${flow.act}.yaml`] = actText(code, flow, Array(RECEIVERS).keys());
  }
  for (let sender = 0; sender < SMALL_SENDERS; sender += 1) {
    const act = { act: `adrm-${partnerOf(sender)}`, ...ADDRESSES, sender: institutionOf(sender) };
    files[`authorizations/${act.act}.yaml`] = actText('ADRM', act, [SMALL_RECEIVER]);
  }
  for (let receiver = 0; receiver < RECEIVERS; receiver += 1) {
    files[`partners/${partnerOf(receiver)}.yaml`] = partnerText(receiver);
  }
  return files;
}

/** What is changed of the shipped files. */
export function edited(name: string, text: string): string {
  if (name === 'sectors.yaml') return `${text.trimEnd()}\n${sectors()}`;
  if (name === 'partners/rjv.yaml') return text.replace('sends: [ADRM]', `sends: [ADRM, ${OTHER_FLOW}]`);
  if (name === 'partners/ksz.yaml') return text.replace('sends: [ADRM]', `sends: [${SENT.join(', ')}]`);
  if (/^flows\/(?:BBON|WLAT|DIMN)\.yaml$/.test(name)) return asMutations(text);
  return text.replace(/settleSecondsWebdav: \S+/, 'settleSecondsWebdav: 0.1');
}

function asMutations(text: string): string {
  return (
    text
      .replace(/^kind: message.*$/m, 'kind: mutation')
      .replace(/^receiver: .*\n/m, '')
      .replace(/^ {6}(?:reference|cancels|employer): .*\n/gm, '')
      .replace(/^ {4}changes: .*\n/m, '')
      // Each file here is lot 1, and a lot is taken once.
      .replace('is: lot', 'value: "00000001"')
      .replace('is: senderSector', 'value: "012"')
      .replace('is: senderType', 'value: "000"')
  );
}

function sectors(): string {
  return Array.from({ length: SECTORS }, (_, index) => {
    const number = FIRST_SECTOR + index;
    return `  - number: ${number}\n    name: Benchmark ${number}\n`;
  }).join('');
}

function actText(code: string, { act: id, purpose, blocks, sender = '25/0' }: BenchFlow, to: Iterable<number>): string {
  const receivers = Array.from(to, (index) => {
    const institution = `  - institution: ${institutionOf(index)}\n`;
    return `${institution}    qualities: ["${RECEIVER_QUALITY}"]\n    blocks: [${blocks}]\n`;
  });
  return (
    `id: ${id}\nversion: 1\ninstrument: deliberation\nreference: BENCH (fictional)\ntextDigest: ${TEXT_DIGEST}\n` +
    `flow: ${code}\nact: communication\npurpose: ${purpose}\nsender: ${sender}\nreceivers:\n${receivers.join('')}` +
    'environments: [R]\nfrom: 2020-01-01\n'
  );
}

function institutionOf(receiver: number): string {
  const { sector, type } = receiverInstitution(receiver);
  return `${sector}/${type}`;
}

/** The id of a receiver. */
export function partnerOf(receiver: number): string {
  return `bench${receiver.toString().padStart(3, '0')}`;
}

function partnerText(receiver: number): string {
  const id = partnerOf(receiver);
  const isSender = receiver < SMALL_SENDERS;
  const official = (role: string) => `    name: ${role} (demo)\n    email: ${role}@${id}.example\n`;
  return (
    `id: ${id}\nname: ${id} (demo)\ninstitution: ${institutionOf(receiver)}\nkbo: "${kbo(receiver)}"\nnetwork: primary\n` +
    `layout: by-flow\nanswerFormat: json\nlanguage: nl\nsenderNumbers: ["${900_000 + receiver}"]\nsends: [${isSender ? 'ADRM' : ''}]\n` +
    `receives: [${Object.keys(FLOWS).join(', ')}]\n` +
    'accessMethods:\n  - method: line\n    address: 127.0.0.1\n' +
    `officials:\n  leadingOfficial:\n${official('leading')}  ciso:\n${official('ciso')}  dpo:\n${official('dpo')}` +
    `  localAdministrators:\n    - name: admin (demo)\n      email: admin@${id}.example\n      mandate:\n        from: 2020-01-01\n` +
    `helpdesk:\n  name: helpdesk (demo)\n  email: helpdesk@${id}.example\n  telephone: "+32 2 000 00 00"\npersons: []\n${isSender ? machine(receiver) : 'machines: []\n'}`
  );
}

function machine(sender: number): string {
  const id = partnerOf(sender);
  return (
    `machines:\n  - id: batch\n    purpose: Batch processing of ${id} (demo)\n    certificates:\n      - kind: machine\n` +
    `        kbo: "${kbo(sender)}"\n        commonName: batch\n`
  );
}

/** A number of ten digits whose last two check the others. */
function kbo(receiver: number): string {
  const eight = 8_000_000 + receiver;
  return `0${eight.toString().padStart(7, '0')}${(97 - (eight % 97)).toString().padStart(2, '0')}`;
}

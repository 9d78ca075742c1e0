import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RECEIVER_QUALITY, RECEIVERS, receiverInstitution } from './generate-persons.ts';

/**
 * The network of the pipeline benchmark, as files of a configuration: KSZ sends addresses in flow ADRM, RJV the same in a
 * flow of its own, and 200 institutions receive both.
 */

const FLOW = fileURLToPath(new URL('../../config/flows/ADRM.yaml', import.meta.url));
/** Code of the second flow. */
export const OTHER_FLOW = 'ADRX';

const SECTORS = 20;
const FIRST_SECTOR = 100;
const TEXT_DIGEST = 'ab4c11dd3e3938042788181c0b152029479500f416b0501490f2ff2dd2d6b8f6';

/** Files that are added, by path below `config/`. */
export function addedFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    [`flows/${OTHER_FLOW}.yaml`]: readFileSync(FLOW, 'utf8').replaceAll('ADRM', OTHER_FLOW),
    'authorizations/adrm-bench.yaml': act('adrm-bench', 'ADRM', '25/0'),
    'authorizations/adrx-bench.yaml': act('adrx-bench', OTHER_FLOW, '10/0'),
  };
  for (let receiver = 0; receiver < RECEIVERS; receiver += 1) {
    files[`partners/${partnerOf(receiver)}.yaml`] = partnerText(receiver);
  }
  return files;
}

/** What is changed of the shipped files. */
export function edited(name: string, text: string): string {
  if (name === 'sectors.yaml') return `${text.trimEnd()}\n${sectors()}`;
  if (name === 'partners/rjv.yaml') return text.replace('sends: [ADRM]', `sends: [ADRM, ${OTHER_FLOW}]`);
  return text.replace(/settleSecondsWebdav: \S+/, 'settleSecondsWebdav: 0.1');
}

function sectors(): string {
  return Array.from({ length: SECTORS }, (_, index) => {
    const number = FIRST_SECTOR + index;
    return `  - number: ${number}\n    name: Benchmark ${number}\n`;
  }).join('');
}

function act(id: string, flow: string, sender: string): string {
  const receivers = Array.from({ length: RECEIVERS }, (_, index) => {
    const { sector, type } = receiverInstitution(index);
    return `  - institution: ${sector}/${type}\n    qualities: ["${RECEIVER_QUALITY}"]\n    blocks: [key, address, quality]\n`;
  });
  return (
    `id: ${id}\nversion: 1\ninstrument: deliberation\nreference: BENCH (fictional)\ntextDigest: ${TEXT_DIGEST}\n` +
    `flow: ${flow}\nact: communication\npurpose: ADDRESS_MAINTENANCE\nsender: ${sender}\nreceivers:\n${receivers.join('')}` +
    'environments: [R]\nfrom: 2020-01-01\n'
  );
}

/** The id of a receiver. */
export function partnerOf(receiver: number): string {
  return `bench${receiver.toString().padStart(3, '0')}`;
}

function partnerText(receiver: number): string {
  const { sector, type } = receiverInstitution(receiver);
  const id = partnerOf(receiver);
  const official = (role: string) => `    name: ${role} (demo)\n    email: ${role}@${id}.example\n`;
  return (
    `id: ${id}\nname: ${id} (demo)\ninstitution: ${sector}/${type}\nkbo: "${kbo(receiver)}"\nnetwork: primary\n` +
    `layout: by-flow\nanswerFormat: json\nlanguage: nl\nsenderNumbers: ["${900_000 + receiver}"]\nsends: []\n` +
    `receives: [ADRM, ${OTHER_FLOW}]\n` +
    'accessMethods:\n  - method: line\n    address: 127.0.0.1\n' +
    `officials:\n  leadingOfficial:\n${official('leading')}  ciso:\n${official('ciso')}  dpo:\n${official('dpo')}` +
    `  localAdministrators:\n    - name: admin (demo)\n      email: admin@${id}.example\n      mandate:\n        from: 2020-01-01\n` +
    `helpdesk:\n  name: helpdesk (demo)\n  email: helpdesk@${id}.example\n  telephone: "+32 2 000 00 00"\npersons: []\nmachines: []\n`
  );
}

/** A number of ten digits whose last two check the others. */
function kbo(receiver: number): string {
  const eight = 8_000_000 + receiver;
  return `0${eight.toString().padStart(7, '0')}${(97 - (eight % 97)).toString().padStart(2, '0')}`;
}

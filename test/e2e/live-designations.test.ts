import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { sessionsOf } from '../support/processes.ts';
import { takeUpAll } from '../support/reload.ts';
import { type RunningTransfer, webdavDownload, webdavUpload } from '../support/running-transfer.ts';

const SOON_MS = 10_000;
const WORK = '/SHARED/work';
/** More than sockets and buffers of both ends hold. */
const BIG = Buffer.alloc(24 * 1024 * 1024, 'y');
const FURTHER = `  - id: anna-of-rva
    name: Anna Demo
    samePersonAs: anna@rva
    designation: { act: Designation by a second leading official (demo), from: 2020-01-01 }
    userRegulation: { version: "1", accepted: 2020-01-01 }
`;
const withAnna = (text: string) => text.replace('persons:\n', `persons:\n${FURTHER}`);
const GRANTS = ['rva', 'kbf'].map((partner) => `      - partner: ${partner}\n        rights: all\n`).join('');

/** The designations of Anna: what becomes of each, and the account that the log names; that of KSZ stays. */
const ENDS = [
  { top: 'kbf', account: 'anna-of-rva@kbf', what: 'the designation is over' },
  { top: 'rjv', account: 'anna-of-rva@rjv', what: 'its address is another' },
  { top: 'rva', account: 'anna@rva', what: 'its partner is disabled' },
] as const;

let gateway: RunningGateway;
let audit: AuditTrail;
let witness: WebdavClient;

beforeAll(async () => {
  const partners = ['kbf', 'rjv', 'ksz'].map((id) => [`partners/${id}.yaml`, withAnna] as const);
  gateway = await startGateway({
    change: { ...Object.fromEntries(partners), 'folders.yaml': (text) => `${text}${GRANTS}` },
  });
  audit = new AuditTrail(gateway);
  witness = await WebdavClient.open(gateway, 'bram@ksz');
  await witness.put(`${WORK}/big`, BIG);
});
afterAll(async () => {
  witness.close();
  await gateway.stop();
  await removeFolder(gateway);
});

async function begin(top: string): Promise<readonly [RunningTransfer, RunningTransfer]> {
  const up = await webdavUpload(gateway, 'anna@rva', `/${top}${WORK}/of-${top}`);
  return [up, await webdavDownload(gateway, 'anna@rva', `/${top}${WORK}/big`)];
}

const outcomes = (transfers: readonly RunningTransfer[]) =>
  Promise.all(transfers.map(async (transfer) => (await transfer.finish()).outcome));

test('what runs for a designation that ended, or may not be used from here, is cut; what runs for another goes on', async () => {
  const running: Record<string, readonly [RunningTransfer, RunningTransfer]> = {};
  for (const top of ['kbf', 'rjv', 'rva', 'ksz']) running[top] = await begin(top);
  const isOfKsz = ({ path }: { readonly path: string }) => path.endsWith('of-ksz');
  const sessionOfKsz = (await sessionsOf(gateway)).find(({ transfers }) => transfers.some(isOfKsz))?.id;
  await takeUpAll(gateway, {
    'partners/kbf.yaml': (text) =>
      text.replace('act: Designation by a second', 'until: 2020-12-31, act: Designation by a second'),
    'partners/rjv.yaml': (text) => text.replaceAll('address: 127.0.0.1', 'address: 127.0.0.9'),
    'partners/rva.yaml': (text) => `${text}disabled: true\n`,
  });
  const began = performance.now();
  await eventually(
    'only what runs for KSZ to be left',
    async () => {
      const left = (await sessionsOf(gateway)).flatMap(({ principal, transfers }) =>
        transfers.map(({ direction }) => `${principal} ${direction}`),
      );
      return left.toSorted().join() === 'anna-of-rva@ksz in,anna-of-rva@ksz out' ? true : undefined;
    },
    SOON_MS,
  );
  const { principal, id } = (await sessionsOf(gateway)).find(({ transfers }) => transfers.some(isOfKsz)) ?? {};
  expect([principal, id]).toEqual(['anna-of-rva@ksz', sessionOfKsz]);
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  for (const { top } of ENDS) expect([top, await outcomes(running[top] ?? [])]).toEqual([top, ['refused', 'refused']]);
  expect(await outcomes(running.ksz ?? [])).toEqual(['done', 'done']);
  for (const transfer of Object.values(running).flat()) transfer.close();
  expect(await witness.list(WORK)).toEqual(['big', 'of-ksz']);
});

test.each(ENDS)('the log says of both directions that it ended with its designation: $what', async ({ account }) => {
  for (const kind of ['publish', 'read'] as const) {
    await audit.line({ kind, outcome: 'refused', fields: { principal: account, reason: 'designation-ended' } });
  }
});

import { execFile } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { truncate, unlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ticket } from '../../src/domain/submission.ts';
import { openSqliteReader } from '../../src/storage/sqlite-reader.ts';
import { REACHED } from '../support/crash-at.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { makeFolder, removeFolder, startIn } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';
import { quickSettling } from '../support/settle.ts';

/** One gateway, and what an operator does with it step by step: each test goes on where the one before it ended. */

const run = promisify(execFile);
const SLUIS = fileURLToPath(new URL('../../src/sluis.js', import.meta.url));
const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const AFTER_RECEIPT = 'receive.after-receipt-commit';
const OUT = '/OUT/ADRM';

/** So long that its content is a file of its own. */
const long = (rows: number) => adrm(...Array.from({ length: rows }, (_, index) => goodRow((index % 90) + 1)));
const [FIRST, SECOND] = [long(900), long(901)];

let folder = '';
let place: ExchangePlace;
let tickets: Readonly<Record<'first' | 'second' | 'third', string>>;

beforeAll(async () => {
  const flow = (text: string) => text.replace(/^order: .*$/m, '$&\nafterQuarantine: hold');
  folder = await makeFolder({ 'gateway.yaml': quickSettling, 'flows/ADRM.yaml': flow });
  const gateway = await startIn(folder, {
    nodeOptions: ['--import', CRASH_AT],
    environment: { SLUIS_TEST_CRASH_AT: AFTER_RECEIPT },
  });
  await handIn(ExchangePlace.of(gateway), KSZ_R, { 'ADRM_first.csv': FIRST }).catch(() => undefined);
  expect(await gateway.ended).toBe('SIGKILL');
  expect(gateway.log).toContain(`${REACHED}${AFTER_RECEIPT}`);
  await truncate(contentOf(FIRST), 500);
  place = ExchangePlace.of(await startIn(folder));
  const { fields } = await place.audit.line({ kind: 'quarantine', fields: { flow: 'ADRM' } });
  const [second, third] = [
    await received('ADRM_second.csv', SECOND),
    await received('ADRM_third.csv', adrm(goodRow(9))),
  ];
  tickets = { first: String(fields.ticket), second, third };
}, 60_000);
afterAll(async () => {
  opened?.close();
  await place?.close();
  await removeFolder({ folder });
});

function contentOf(text: string): string {
  const files = globSync('var/content/**/*', { cwd: folder }).map((name) => join(folder, name));
  const [content] = files.filter((file) => statSync(file).isFile() && statSync(file).size === text.length);
  if (content === undefined) throw new Error('the content is not there');
  return content;
}

async function received(name: string, text: string, not: readonly string[] = []): Promise<string> {
  return (await (await handIn(place, KSZ_R, { [name]: text })).receipt(name, not)).ticket;
}

async function sluis(...words: readonly string[]) {
  const places = ['--config', place.gateway.config, '--data', place.gateway.data];
  return run(process.execPath, [SLUIS, ...words, ...places]).then(
    ({ stdout }) => ({ code: 0, text: stdout.trim() }),
    (error) => ({ code: Number(error.code), text: String(error.stderr).trim().split('\n')[0] }),
  );
}

/** As the ledger has it. */
async function traced(ticket: string) {
  const reader = openSqliteReader(join(place.gateway.data, 'ledger.sqlite'));
  try {
    const submission = await reader.read({ kind: 'submission', ticket: ticket as Ticket });
    const deliveries = await reader.read({ kind: 'deliveries', ticket: ticket as Ticket });
    return { state: submission?.state, deliveries };
  } finally {
    await reader.close();
  }
}

const stateIs = (ticket: string, state: string) =>
  eventually(`${ticket} to be ${state}`, async () => ((await traced(ticket)).state === state ? true : undefined));

let opened: SftpClient | undefined;

async function rjv(): Promise<SftpClient> {
  opened ??= await SftpClient.open(place.gateway, 'batch@rjv');
  return opened;
}

test('only a quarantined submission is replayed', async () => {
  expect(await sluis('replay', '0000000000000')).toEqual({
    ...{ code: 1, text: 'sluis: no submission has the ticket 0000000000000' },
  });
  expect(await sluis('replay', 'short')).toMatchObject({
    code: 1,
    text: 'sluis: a ticket has 13 characters of 0-9 and A-Z',
  });
  const { second } = tickets;
  const text = `sluis: ${second} is checking; only a quarantined one is replayed`;
  expect(await sluis('replay', second)).toEqual({ code: 1, text });
  expect(await sluis('replay', second, '--reject', '--reason', 'no')).toEqual({ code: 1, text });
});

test('one whose cause was not mended is quarantined again, and goes on holding up those behind it', async () => {
  const { first, second } = tickets;
  expect(await sluis('replay', first)).toEqual({ code: 0, text: `${first} is checked again` });
  await eventually('the second quarantine', async () => {
    const lines = await place.audit.all({ kind: 'quarantine', fields: { ticket: first } });
    return lines.length === 2 ? true : undefined;
  });
  expect((await traced(second)).state).toBe('checking');
});

test('one whose cause was mended is answered, and then those behind it, in the order of receipt', async () => {
  const { first, second, third } = tickets;
  await writeFile(contentOf(FIRST.slice(0, 500)), FIRST);
  await truncate(contentOf(SECOND), 600);
  expect(await sluis('replay', first)).toEqual({ code: 0, text: `${first} is checked again` });
  await stateIs(first, 'accepted');
  const lifted = await place.audit.all({ kind: 'quarantine-lifted', fields: { ticket: first } });
  expect(lifted.map(({ fields }) => fields.systemUser)).toEqual([userInfo().username, userInfo().username]);
  // The second is damaged too, so the third waits for it.
  await stateIs(second, 'quarantined');
  expect((await traced(third)).state).toBe('checking');
  expect((await traced(first)).deliveries).toMatchObject([{ sequence: 1, state: 'delivered' }]);
  expect(await sluis('replay', first)).toMatchObject({ code: 1 });
});

test('one that is rejected is answered with the reason, lets those behind it go, and may be sent again', async () => {
  const { second, third } = tickets;
  expect((await sluis('replay', second, '--reject')).code).toBe(2);
  expect((await sluis('replay', second, '--reason', 'no')).code).toBe(2);
  const empty = 'sluis: a reason is one line of up to 200 characters';
  expect(await sluis('replay', second, '--reject', '--reason', ' ')).toEqual({ code: 1, text: empty });
  const reason = 'damaged on our disk';
  expect((await sluis('replay', second, '--reject', '--reason', reason)).code).toBe(0);
  const mailbox = await place.mailbox('batch@ksz', OUT);
  const { state, records, refused } = await mailbox.notification('ADRM_second.csv', second);
  expect({ state, records, refused }).toEqual({
    state: 'rejected',
    records: { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 },
    refused: [
      {
        ...{ record: 0, ticket: second },
        faults: [{ field: 'file', code: '430', severity: 'fatal', text: expect.stringContaining(`(${reason})`) }],
      },
    ],
  });
  const by = { ticket: second, reason, systemUser: userInfo().username };
  await place.audit.line({ kind: 'quarantine-rejected', fields: by });
  await stateIs(third, 'accepted');
  expect((await traced(third)).deliveries).toMatchObject([{ sequence: 2 }]);
  const again = await received('ADRM_second.csv', SECOND, [second]);
  expect(again).not.toBe(second);
  await stateIs(again, 'accepted');
});

test('a delivery is placed again while its bytes are kept', async () => {
  const { third } = tickets;
  const id = `${third}-rjv`;
  const lies = `sluis: ${id} lies in /partners/rjv/OUT/ADRM and was not picked up yet`;
  expect(await sluis('redeliver', id)).toEqual({ code: 1, text: lies });
  expect(await sluis('redeliver', `${third}-kbf`)).toMatchObject({ code: 1 });

  const client = await rjv();
  const names = (await client.list(OUT)).filter((name) => name.includes(third));
  const [name = ''] = names.filter((one) => one.endsWith('.csv'));
  const bytes = await client.get(`${OUT}/${name}`);
  const stateBecomes = (state: string) =>
    eventually(`it to be ${state}`, async () =>
      (await traced(third)).deliveries[0]?.state === state ? true : undefined,
    );
  await stateBecomes('picked-up');
  expect((await sluis('redeliver', id)).code).toBe(0);
  await stateBecomes('delivered');
  // From its first byte on: what was sent before counts for nothing.
  await client.get(`${OUT}/${name}`);
  await stateBecomes('picked-up');

  for (const one of names) await client.remove(`${OUT}/${one}`);
  await stateBecomes('removed');
  expect(await sluis('redeliver', id)).toEqual({ code: 0, text: `${id} lies in /partners/rjv/OUT/ADRM again` });
  expect((await client.list(OUT)).filter((one) => one.includes(third)).toSorted()).toEqual(names.toSorted());
  expect(await client.get(`${OUT}/${name}`)).toEqual(bytes);
  const by = { delivery: id, was: 'removed', systemUser: userInfo().username };
  await place.audit.line({ kind: 'redelivery', fields: by });
});

test('a delivery whose bytes are gone is not', async () => {
  const { first } = tickets;
  const client = await rjv();
  const names = (await client.list(OUT)).filter((name) => name.includes(first));
  const [name = ''] = names.filter((one) => one.endsWith('.csv'));
  const bytes = await client.get(`${OUT}/${name}`);
  for (const one of names) await client.remove(`${OUT}/${one}`);
  await unlink(contentOf(bytes.toString('latin1')));
  const text = `sluis: the hub keeps the content of ${first}-rjv no more; ask its sender to hand the file in again`;
  expect(await sluis('redeliver', `${first}-rjv`)).toEqual({ code: 1, text });
  expect((await client.list(OUT)).some((one) => one.includes(first))).toBe(false);
});

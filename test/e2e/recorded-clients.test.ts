import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mailbox } from '../support/answers.ts';
import { adrm, answeredWhole, ExchangePlace, goodRow, goodRowDelivered } from '../support/exchange-place.ts';
import { Replay, readSequence, type Step } from '../support/replay.ts';

let place: ExchangePlace;
let mailbox: Mailbox;

beforeAll(async () => {
  place = await ExchangePlace.open();
  mailbox = await place.mailbox('anna@ksz', '/OUTTEST/ADRM');
});
afterAll(() => place.close());

const CONTENT = adrm(goodRow(1), goodRow(2));
const SHARED = { parent: '/files/SHARED', folder: '/files/SHARED/work' };
const INTAKE = { parent: '/files/INTEST', folder: '/files/INTEST/ADRM' };
const PLACES = { 'a shared folder': SHARED, 'an intake folder': INTAKE } as const;
const CLIENTS = ['windows', 'finder', 'gvfs', 'kio'] as const;
/** What a client writes beside the file. */
const BESIDES: Readonly<Record<string, string>> = { finder: 'finder-settings' };

function client(of: typeof SHARED, name: string, content = CONTENT): Replay {
  const size = String(Buffer.byteLength(content));
  return new Replay(place.gateway, 'anna@ksz', { ...of, name, content, size });
}

async function run(replay: Replay, ...sequences: readonly (readonly Step[])[]): Promise<void> {
  for (const steps of sequences) expect(await replay.run(steps)).toEqual([]);
}

async function besides(who: string, replay: Replay): Promise<void> {
  const name = BESIDES[who];
  if (name !== undefined) await run(replay, await readSequence(name));
}

const receiptsOf = async (name: string) =>
  (await mailbox.list()).filter((entry) => entry.startsWith(`${name}.`) && entry.endsWith('.receipt.json'));

describe.each(Object.entries(PLACES))('%s', (_title, of) => {
  test.each(['windows', 'finder', 'gvfs'] as const)(
    '%s finds what it asks for before it shows the folder',
    async (who) => {
      const replay = client(of, 'none');
      await run(replay, await readSequence(`${who}-mount`));
      replay.close();
    },
  );
});

test.each(CLIENTS)('%s copies a file into a shared folder, renames and deletes it', async (who) => {
  const replay = client(SHARED, `by-${who}.csv`);
  await run(replay, await readSequence(`${who}-copy`));
  await besides(who, replay);
  const webdav = await place.client('bram@rjv');
  expect((await webdav.get(`/SHARED/work/by-${who}.csv`)).toString()).toBe(CONTENT);
  await run(replay, await readSequence(`${who}-rename`));
  expect((await webdav.list('/SHARED/work')).filter((name) => name.includes(`by-${who}`))).toEqual([]);
  replay.close();
});

test.each(CLIENTS)('what %s copies into an intake folder is one submission with one receipt', async (who) => {
  const name = `ADRM_by_${who}.csv`;
  const replay = client(INTAKE, name);
  await run(replay, await readSequence(`${who}-copy`));
  await besides(who, replay);
  replay.close();
  const { receipt, notification } = await answeredWhole(place, ANNA, name);
  expect(receipt).toMatchObject({ file: name, size: Buffer.byteLength(CONTENT), resultCode: 1 });
  expect(notification).toMatchObject({ state: 'accepted', records: { total: 2, accepted: 2, refused: 0 } });
  const rjv = await place.mailbox('anna@rjv', '/OUTTEST/ADRM');
  const { text } = await rjv.delivery(receipt.ticket);
  expect(text.split('\n').slice(1)).toEqual([goodRowDelivered(1), goodRowDelivered(2), '']);
  expect(await receiptsOf(name)).toHaveLength(1);
});

const ANNA = { account: 'anna@ksz', intake: '/INTEST/ADRM', mailbox: '/OUTTEST/ADRM' } as const;

/** Another file is handed in and answered meanwhile: all that was ripe before it has been received by then. */
async function othersAreAnswered(name: string): Promise<void> {
  const webdav = await place.client('anna@ksz');
  await webdav.put(`/INTEST/ADRM/${name}`, adrm(goodRow(3)));
  await answeredWhole(place, ANNA, name);
}

test.each(['windows', 'finder'] as const)(
  '%s may take its time: a file that is locked is not taken up',
  async (who) => {
    const name = `ADRM_slowly_by_${who}.csv`;
    const replay = client(INTAKE, name);
    const steps = await readSequence(`${who}-copy`);
    const unlock = steps.findIndex(({ request }) => request.startsWith('UNLOCK {folder}/{name} '));
    const write = steps.findIndex(
      ({ request }) => request.startsWith('PUT {folder}/{name} ') && request.includes('{content}'),
    );
    await run(replay, steps.slice(0, write));
    await othersAreAnswered(`ADRM_while_${who}_holds_nothing.csv`);
    expect(await receiptsOf(name)).toEqual([]);
    await run(replay, steps.slice(write, unlock));
    await othersAreAnswered(`ADRM_while_${who}_holds_all.csv`);
    expect(await receiptsOf(name)).toEqual([]);
    await run(replay, steps.slice(unlock));
    replay.close();
    await answeredWhole(place, ANNA, name);
    expect(await receiptsOf(name)).toHaveLength(1);
  },
);

test('what Finder leaves beside its files is never a submission', async () => {
  await othersAreAnswered('ADRM_after_finder.csv');
  const names = await mailbox.list();
  expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
  const lines = await place.audit.all({ kind: 'submission' });
  expect(lines.filter(({ fields }) => String(fields.file ?? '').startsWith('.'))).toEqual([]);
});

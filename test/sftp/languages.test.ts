import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ticket } from '../../src/domain/submission.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { PACKET } from '../../src/sftp/codec.ts';
import { STATUS } from '../../src/sftp/errors.ts';
import { bannerFor } from '../../src/texts/banner.ts';
import { CREATE_NEW, OK, OPEN, RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const TICKET = '0MHB2T0QK1A2B';
const FRENCH = `Ce fichier est en cours de traitement et ne peut changer. Attendez la réponse. (${TICKET})`;
const PATH = '/SHARED/work/frozen';

let fixture: SftpFixture;
let sftp: RawSftp;
beforeAll(async () => {
  const languageOf = (partner: string) => (partner === 'ksz' ? ('fr' as const) : undefined);
  const source = { banner: 'default', languages: ['nl', 'en'], languageOf } as const;
  fixture = await startSftp({ language: 'fr', banner: (login) => bannerFor(login, source) });
  sftp = await RawSftp.open(fixture);
  await sftp.put(PATH, 'handed in');
  await sftp.put('/SHARED/work/other', 'other');
  await fixture.tree.ledger.commit([
    { kind: 'freeze', path: parseVPath(PATH), ticket: TICKET as Ticket, expect: 'any' },
  ]);
});
afterAll(() => fixture.close());

/** ATTRS: uint32 flags (size) | uint64 size */
const size = (bytes: number) => Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.alloc(7), Buffer.of(bytes)]);

test.each([
  ['written', () => sftp.open(PATH, CREATE_NEW)],
  ['added to', () => sftp.open(PATH, OPEN.WRITE | OPEN.APPEND)],
  ['renamed', () => sftp.ask(PACKET.RENAME, (w) => w.string(PATH).string('/SHARED/work/away'))],
  [
    'replaced',
    () =>
      sftp.ask(PACKET.EXTENDED, (w) => w.string('posix-rename@openssh.com').string('/SHARED/work/other').string(PATH)),
  ],
  ['removed', () => sftp.path(PACKET.REMOVE, PATH)],
  ['cut by SETSTAT', () => sftp.ask(PACKET.SETSTAT, (w) => w.string(PATH).bytes(size(3)))],
])(
  'a file that is being processed can not be %s: the partner reads why in his language, with the ticket',
  async (_, ask) => {
    expect(await ask()).toMatchObject({ code: STATUS.PERMISSION_DENIED, message: FRENCH });
    expect(await sftp.get(PATH)).toBe('handed in');
  },
);

test('setting times on it, as clients do right after an upload, is no change', async () => {
  const times = (path: string) =>
    sftp.ask(PACKET.SETSTAT, (w) => w.string(path).uint32(8).uint32(1_700_000_000).uint32(1_700_000_000));
  expect([(await times(PATH)).code, (await times('/SHARED/work/other')).code]).toEqual([OK, OK]);
});

async function banners(username: string): Promise<readonly string[]> {
  const client = new ssh2.Client();
  const heard: string[] = [];
  client.on('banner', (text) => heard.push(text));
  const privateKey = await readFile(fixture.keyFile('batch@ksz'));
  await new Promise<void>((resolve) => {
    client.on('ready', () => resolve());
    client.on('error', () => resolve());
    client.connect({ host: '127.0.0.1', port: fixture.port, username, privateKey });
  });
  client.end();
  return heard.map((text) => text.trim());
}

test('the banner is in the language of the partner of the login, else in those of the gateway', async () => {
  const french = expect.stringMatching(/^Échange de données [^\n]*$/);
  expect(await banners('batch@ksz')).toEqual([french]);
  // Whether there is such an account can not be told from it.
  expect(await banners('nobody@ksz')).toEqual([french]);
  expect(await banners('nobody')).toEqual([expect.stringMatching(/^Gegevensuitwisseling .*\r?\nData exchange of .*$/)]);
});

test('an operator writes a banner of his own, or none', () => {
  const source = { languages: ['nl', 'fr'], languageOf: () => undefined } as const;
  const own = { fr: 'Bonjour\nà tous', de: 'Guten Tag' };
  expect(bannerFor('anna@ksz', { ...source, banner: own })).toBe('Bonjour\r\nà tous\r\n');
  expect(bannerFor('anna@ksz', { ...source, banner: own, languageOf: () => 'de' })).toBe('Guten Tag\r\n');
  expect(bannerFor('anna@ksz', { ...source, banner: { en: 'Hello' } })).toBeUndefined();
  expect(bannerFor('anna@ksz', { ...source, banner: 'none' })).toBeUndefined();
});

import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { authorizationsList } from '../../src/commands/authorizations.ts';
import { ConfigCopy } from '../config/config-copy.ts';

const ACT = 'authorizations/adrm-ksz-rjv.yaml';

async function listed(copy: ConfigCopy, json: boolean): Promise<string> {
  const out = new PassThrough();
  expect(await authorizationsList({ config: copy.directory, json }, out)).toBe(0);
  out.end();
  return text(out);
}

test('anybody may read the acts: parties, purpose, dates, version, and whether each is in force', async () => {
  await using copy = await ConfigCopy.make();
  expect(await listed(copy, false)).toContain(
    [
      'adrm-ksz-rjv version 1, in force, from 2020-01-01',
      '  deliberation: DEMO-20/001 of 1 January 2020 (fictional)',
      '  communication of ADRM for ADDRESS_MAINTENANCE, environments R T S',
      '  25/0 to 10/0 with quality 010: key, address, quality',
      '',
    ].join('\n'),
  );
});

test('the users an act names are counted and not named: they are people', async () => {
  await using copy = await ConfigCopy.make();
  await copy.edit('flows/ADRM.yaml', '    roles:\n', '    roles:\n      user: street\n');
  await copy.edit(ACT, 'environments:', 'users: ["74031295170", "85113098277"]\nenvironments:');
  for (const json of [true, false]) expect(await listed(copy, json)).not.toMatch(/74031295170|85113098277/);
  expect(await listed(copy, false)).toContain('  users: 2 named\n');
});

test('versions of one act stand side by side, and the newest that holds is in force', async () => {
  await using copy = await ConfigCopy.make();
  const first = await readFile(copy.path(ACT), 'utf8');
  const version = (number: number, from: string) =>
    first.replace('version: 1', `version: ${number}`).replace('from: 2020-01-01', `from: ${from}`);
  await copy.write('authorizations/adrm-ksz-rjv.v2.yaml', version(2, '2024-01-01'));
  await copy.write('authorizations/adrm-ksz-rjv.v3.yaml', version(3, '2999-01-01'));
  const { authorizations } = JSON.parse(await listed(copy, true));
  const versions = authorizations
    .filter((act: { id: string }) => act.id === 'adrm-ksz-rjv')
    .map((act: { version: number; inForce: boolean }) => [act.version, act.inForce]);
  expect(versions).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
});

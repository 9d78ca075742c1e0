import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, test } from 'vitest';
import { directoryLoad, directoryLookup, directoryStats } from '../../src/commands/directory.ts';
import { DETAILED_HEADER, PERSON_LINES_HEADER } from '../../src/directory/person-lines.ts';

const SECTORS = [{ number: 11, name: 'health', anonymousMembers: true }];
const [A, B, C, UNKNOWN] = ['74031295170', '85113098277', '00022993779', '12070496422'] as const;

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluis-directory-command-'));
  return () => rm(data, { recursive: true, force: true });
});

/** What a command prints, and its exit status. */
async function said(command: (out: PassThrough) => Promise<number>): Promise<readonly [number, string]> {
  const out = new PassThrough();
  const status = await command(out);
  return [status, String(out.read() ?? '')];
}

async function load(lines: readonly string[], head = PERSON_LINES_HEADER): Promise<readonly [number, string]> {
  const file = join(data, 'lines.csv');
  await writeFile(file, `${[head, ...lines].join('\n')}\n`);
  const [status, text] = await said((out) =>
    directoryLoad({ data, environment: 'R', json: false, file, sectors: SECTORS }, out),
  );
  return [status, text.replaceAll(file, 'lines.csv')];
}

const lookup = (insz: string) => said((out) => directoryLookup({ data, environment: 'R', json: false, insz }, out));

test('a lookup tells what lies beside the lines, and what became of a number', async () => {
  const lines = [
    `${A};12;0;030;1;2020-01-01;2020-12-31;;2020-02-03;12/0`,
    `${B};;;;;;;${A};;`,
    `${C};;;;;;;cancelled;;`,
  ];
  expect(await load(lines, DETAILED_HEADER)).toEqual([
    0,
    'R: version 1; 3 lines, 1 persons, 1 dossiers, 1 replaced and 1 cancelled numbers\n',
  ]);
  const line = '  12/0 quality 030 phase 1 from 2020-01-01 until 2020-12-31';
  expect(await lookup(A)).toEqual([
    0,
    `${A}; directory of R, version 1\n  replaces ${B}\n${line}, changed 2020-02-03, inscribed by 12/0\n`,
  ]);
  expect(await lookup(B)).toEqual([0, `${B}, replaced by ${A}; directory of R, version 1\n${line}\n`]);
  expect(await lookup(C)).toEqual([1, `${C}, cancelled; directory of R, version 1\n`]);
  expect(await lookup(UNKNOWN)).toEqual([1, `${UNKNOWN} is not known to the directory of R\n`]);
  expect(await lookup('74031295199')).toEqual([2, '74031295199 is not a valid INSZ\n']);
});

test('a file with faults is refused line by line, and its sound twin is loaded', async () => {
  const sound = [`${A};11;0;001;0;2020-01-01;;`, `${B};;;;;;;`];
  expect(await load([...sound, `${C};11;205;001;0;2020-01-01;;`, `${B};x;0;001;0;2020-01-01;;`])).toEqual([
    1,
    'lines.csv:4: a line of this sector stops at its managing institution (type 0)\n' +
      'lines.csv:5: sector is a number from 0 to 999\n' +
      'nothing was loaded\n',
  ]);
  expect(await load(sound)).toMatchObject([0, expect.stringContaining('version 1; 2 lines')]);
  const [status, text] = await said((out) => directoryStats({ data, environment: 'R', json: false }, out));
  expect([status, text.replace(/changed \S+/, 'changed then')]).toEqual([
    0,
    'R: version 1, 2 persons, 1 dossiers, 0 replaced and 0 cancelled numbers; changed then by load\n',
  ]);
});

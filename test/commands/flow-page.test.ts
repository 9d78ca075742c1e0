import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flowPageCommand, flowPagesCommand } from '../../src/commands/flow.ts';
import { meaningsIn } from '../../src/submissions/flow-guide/meanings.ts';

const ROOT = join(import.meta.dirname, '../..');
const OPTIONS = { config: join(ROOT, 'config'), samples: join(ROOT, 'test/fixtures/samples') };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-flow-page-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function textsIn(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

/** The page of a flow after a change to its file, as the command prints it. */
async function pageAfter(flow: string, change: (text: string) => string, samples = OPTIONS.samples): Promise<string> {
  const config = await mkdtemp(join(folder, 'config-'));
  await cp(OPTIONS.config, config, { recursive: true });
  const file = join(config, 'flows', `${flow}.yaml`);
  await writeFile(file, change(await readFile(file, 'utf8')));
  const out = new PassThrough({ encoding: 'utf8' });
  await flowPageCommand(flow, { config, samples }, out);
  out.end();
  return (await out.toArray()).join('');
}

/** Codes of the table under a heading. */
function codesUnder(page: string, heading: string): readonly string[] {
  const section = page.split(/^### /m).find((one) => one.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([0-9A-Z]+)` \|/gm)].map(([, code]) => code ?? '');
}

test('the pages in docs/flows are those of the shipped flows; "npm run docs:flows" makes them anew', async () => {
  const written = join(folder, 'pages');
  await flowPagesCommand(written, OPTIONS, new PassThrough().resume());
  expect(await textsIn(written)).toEqual(await textsIn(join(ROOT, 'docs/flows')));
});

test('a page tells folders, names, layout, sample and codes', async () => {
  const page = await pageAfter('WLAT', (text) => text);
  for (const part of [
    '| T, test: synthetic persons | `/INTEST/WLAT` | `/OUTTEST/WLAT` |',
    '`GO.WLAT.<sender number>.<YYYYMMDD>.<serial>.<R|T|S>.1`',
    '| member | `status` | N..1 | yes | 0 original, 1 change, 2 duplicate, 3 cancellation | attest |',
    '| member | `period.end` | YYYY-MM-DD | no | last day; null while it lasts | period |',
    '- `period.end` is not before `period.begin`.',
    '"ref":"RVA-000744"}',
    '| `MSG00006` | This number has been replaced. The record is accepted; use the new number from now on. | Dit nummer',
  ]) {
    expect(page).toContain(part);
  }
  expect(codesUnder(page, 'In the notification, about one record')).toEqual(
    ['000050', 'MSG00011', 'MSG00008', '300010', 'MSG00005', '157'].concat(['MSG00006', '300010']),
  );
});

test('a page follows its flow: what cannot come back is not in it', async () => {
  const page = await pageAfter('ADRM', (text) =>
    text
      .replace('senderLine: none', 'senderLine: required')
      .replace('triggers: [upload, go-file]', 'triggers: [upload]')
      .replace('maxFileBytes: 10000000000', 'maxFileBytes: 5000')
      .replace('{ name: street, type: text, maxLength: 50 }', '{ name: street, type: text, maxLength: 40 }'),
  );
  expect(codesUnder(page, 'In the receipt')).toEqual(['088', '134', '184', '427', '138', '312']);
  expect(page).toContain('Of a file of more than 8 388 608 bytes only so many are read before the receipt.');
  expect(codesUnder(page, 'In the notification, about one record').slice(3, 6)).toEqual(['300010', '300020', '300030']);
  expect(page).toContain('At most 5 000 bytes.');
  expect(page).toContain('| 7 | `street` | A..40 | yes | name of the street | address |');
  expect(page).not.toContain('FI.ADRM');
});

test('a page without a sample file has no sample, and a flow that is not there is told', async () => {
  expect(await pageAfter('ADRM', (text) => text, join(folder, 'nothing'))).not.toContain('### Sample');
  await expect(flowPageCommand('NONE', OPTIONS, new PassThrough())).rejects.toMatchObject({
    code: 'not-found',
    message: 'there is no flow NONE; there are ADRM, BBON, DIMN, INTG, SOCQ, SOCR, WLAT',
  });
});

test('the meaning of a field is what stands behind it, however it is written', () => {
  const text = [
    'layouts:',
    '  - version: "1"',
    '    fields:',
    '      - { name: a, type: insz } # the person',
    '      - { name: b, type: date }',
    '      - name: c # the third',
    '        type: date',
  ].join('\n');
  expect(meaningsIn(text).get('1')).toEqual(
    new Map([
      ['a', 'the person'],
      ['c', 'the third'],
    ]),
  );
  expect(meaningsIn('layouts: 3')).toEqual(new Map());
});

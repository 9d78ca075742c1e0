import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { readTree } from '../../src/config/tree.ts';
import { ConfigCopy, load } from './config-copy.ts';

async function told(directory: string): Promise<string[]> {
  const loaded = await loadConfiguration(directory);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

test('every problem of every file is told at once, in reading order', async () => {
  await using copy = await ConfigCopy.make();
  await copy.edit('partners/ksz.yaml', 'language: nl', 'language: nk');
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM]', 'sends: [ADRN]');
  await copy.edit('partners/ksz.yaml', 'contract:', 'contrakt:');
  await copy.edit('partners/rva.yaml', '"018000"', '"010000"');
  await copy.edit('flows/ADRM.yaml', 'person: ssin', 'person: sin');
  await copy.edit('gateway.yaml', 'logi', 'lugi');
  await copy.edit('sectors.yaml', 'name: RIZIV', 'name: RIZIV: 21');
  expect(await told(copy.directory)).toEqual([
    'flows/ADRM.yaml:42:15  this layout has no field "sin"\n    did you mean "ssin"?',
    'gateway.yaml:55:3  unknown key "luginGraceSeconds"\n    did you mean "loginGraceSeconds"?',
    'partners/ksz.yaml:9:11  "language" is "nk", which is not allowed here\n    did you mean "nl"?',
    'partners/ksz.yaml:11:9  there is no flow "ADRN"\n    did you mean "ADRM"?',
    'partners/ksz.yaml:81:1  unknown key "contrakt"\n    did you mean "contract"?',
    'partners/rva.yaml:10:17  sender number 010000 already belongs to partners/rjv.yaml\n    correct it here or there',
    'sectors.yaml:34:11  the YAML is not sound: Nested mappings are not allowed in compact mappings\n' +
      '    check the indentation of this line and the one before it',
  ]);
});

test('a file that nothing reads is told, with the name it may have meant', async () => {
  await using copy = await ConfigCopy.make();
  await copy.write('gatewai.yaml', 'demo: true\n');
  await copy.write('partners/ksz.yml', 'id: ksz\n');
  await copy.write('partners/.ksz.yaml.swp', 'an editor at work');
  expect(await told(copy.directory)).toEqual([
    'gatewai.yaml:1:1  nothing reads this file\n    did you mean "gateway.yaml"?',
    'partners/ksz.yml:1:1  nothing reads this file\n    end the name in .yaml',
  ]);
});

test('a missing file and a missing folder are told', async () => {
  await using copy = await ConfigCopy.make();
  await copy.remove('sectors.yaml');
  await copy.remove('authorizations');
  expect(await told(copy.directory)).toEqual([
    'authorizations:1:1  the folder is missing\n    add the folder authorizations',
    'sectors.yaml:1:1  the file is missing\n    add sectors.yaml',
  ]);
  const nowhere = await told(join(copy.root, 'nowhere'));
  expect(nowhere).toEqual([
    expect.stringContaining('cannot be read\n    name the folder that holds gateway.yaml with --config'),
  ]);
});

test('an empty file and a file that is no text are told', async () => {
  await using copy = await ConfigCopy.make();
  await copy.write('folders.yaml', '# nothing yet\n');
  await copy.write('availability.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xff));
  expect(await told(copy.directory)).toEqual([
    expect.stringContaining('availability.yaml:1:1  the file cannot be read'),
    'folders.yaml:1:1  the file is empty\n    write a map of keys and values',
  ]);
});

test('aliases that multiply and nesting without end are told, not followed', async () => {
  await using copy = await ConfigCopy.make();
  const bomb = ['a: &a [x, x, x, x, x, x]', 'b: &b [*a, *a, *a, *a, *a, *a]', 'c: [*b, *b, *b, *b, *b, *b]'].join('\n');
  await copy.write('folders.yaml', bomb);
  await copy.write('availability.yaml', '['.repeat(100_000));
  const problems = await told(copy.directory);
  expect(problems.length).toBeGreaterThanOrEqual(2);
  expect(problems.length).toBeLessThan(10);
});

test('wherever a file is cut off, and whatever is put in it, loading answers', async () => {
  await using copy = await ConfigCopy.make();
  const files = [...(await readTree(copy.directory)).files];
  const piece = fc.constantFrom(
    '',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    '&a ',
    '*a',
    '"',
    "'",
    '\t',
    '!!int ',
    '? ',
    '|',
    '\n',
    '\0',
    '0',
    'null',
    '~',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 1, noNaN: true }),
      piece,
      fc.boolean(),
      async ([file, text], share, insert, cut) => {
        const at = Math.floor(share * text.length);
        await copy.write(file, text.slice(0, at) + insert + (cut ? '' : text.slice(at)));
        try {
          const loaded = await load(copy);
          if (!loaded.ok) expect(loaded.problems.length).toBeGreaterThan(0);
        } finally {
          await copy.write(file, text);
        }
      },
    ),
    { numRuns: 250 },
  );
});

test('reading changes nothing', async () => {
  await using copy = await ConfigCopy.make();
  const before = await readFile(copy.path('gateway.yaml'), 'utf8');
  const tree = await readTree(copy.directory);
  await load(copy);
  expect(await readFile(copy.path('gateway.yaml'), 'utf8')).toBe(before);
  expect(await readTree(copy.directory)).toEqual(tree);
});

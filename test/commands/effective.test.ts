import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { effective } from '../../src/commands/effective.ts';
import { ConfigCopy } from '../config/config-copy.ts';

async function print(directory: string, name: string, path: string, json = false): Promise<string> {
  const out = new PassThrough();
  const options = { config: directory, data: undefined, portOffset: 0, json, method: 'line' as const };
  expect(await effective(name, path, options, out)).toBe(0);
  out.end();
  return text(out);
}

test('the line of folders.yaml that grants is named, in words and as JSON', async () => {
  await using copy = await ConfigCopy.make();
  await copy.edit('folders.yaml', 'rights: all\n        reason', 'rights: [list, read]\n        reason');
  expect(await print(copy.directory, 'anna@rjv', '/SHARED/work/plan.txt')).toBe(
    [
      '/SHARED/work/plan.txt',
      '  list        allowed, level 1      folders.yaml:12',
      '  read        allowed, level 1      folders.yaml:12',
      '  create      refused               folders.yaml:12',
      '  overwrite   refused               folders.yaml:12',
      '  delete      refused               folders.yaml:12',
      '  move        refused               folders.yaml:12',
      '  makeFolder  refused               folders.yaml:12',
      '  view        refused               folders.yaml:12',
      '',
    ].join('\n'),
  );
  const answer = JSON.parse(await print(copy.directory, 'anna@rjv', '/OUT/ADRM/x', true));
  expect(answer.places[0].rights[1]).toEqual({
    ...{ right: 'read', allowed: true, visible: true, level: 1 },
    ...{ rule: 'standard-tree#mailbox', line: 'standard-tree#mailbox' },
  });
});

test('nobody’s name is refused', async () => {
  await using copy = await ConfigCopy.make();
  await expect(print(copy.directory, 'carl@rjv', '/')).rejects.toMatchObject({ code: 'not-found' });
});

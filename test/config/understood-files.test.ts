import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTree } from '../../src/config/load.ts';
import { parseFiles } from '../../src/config/parse.ts';
import { readTree } from '../../src/config/tree.ts';
import { UnderstoodFiles } from '../../src/config/understood-files.ts';
import { ConfigCopy } from './config-copy.ts';

/** The values of two partners and of one flow, as read from the folder now. */
async function valuesIn(copy: ConfigCopy, understood: UnderstoodFiles) {
  const { files } = parseFiles(await readTree(copy.directory), understood);
  const [ksz, rjv] = ['ksz', 'rjv'].map((name) => files.partners.get(name)?.value);
  return { ksz, rjv, flow: files.flows.get('ADRM')?.value };
}

/** What is told of the folder now, by a reader that knows it from before and by one that does not. */
async function told(copy: ConfigCopy, understood: UnderstoodFiles) {
  const options = { keyFiles: 'may-be-absent' } as const;
  const { directory } = copy;
  const { loaded: known } = await loadTree(directory, await readTree(directory), { ...options, understood });
  const { loaded: fresh } = await loadTree(directory, await readTree(directory), options);
  return { known, fresh };
}

test('of two readings of a folder the second understands only the files that changed', async () => {
  await using copy = await ConfigCopy.make();
  const understood = new UnderstoodFiles();
  const first = await valuesIn(copy, understood);
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM]', 'sends: []');
  const second = await valuesIn(copy, understood);
  expect(second.rjv).toBe(first.rjv);
  expect(second.flow).toBe(first.flow);
  expect([first.ksz?.sends, second.ksz?.sends]).toEqual([['ADRM'], []]);
});

test('what the last two readings did not use is forgotten', async () => {
  await using copy = await ConfigCopy.make();
  const understood = new UnderstoodFiles();
  const first = await valuesIn(copy, understood);
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM]', 'sends: []');
  await valuesIn(copy, understood);
  await copy.edit('partners/ksz.yaml', 'sends: []', 'sends: [ADRM]');
  const third = await valuesIn(copy, understood);
  expect(third.ksz).toBe(first.ksz);
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM]', 'sends: []');
  await valuesIn(copy, understood);
  await valuesIn(copy, understood);
  await copy.edit('partners/ksz.yaml', 'sends: []', 'sends: [ADRM]');
  const last = await valuesIn(copy, understood);
  expect(last.ksz).not.toBe(first.ksz);
  expect(last).toEqual(first);
});

test('a file that did not change is blamed at its line for what another one lost', async () => {
  await using copy = await ConfigCopy.make();
  const understood = new UnderstoodFiles();
  await told(copy, understood);
  await rm(join(copy.directory, 'flows/ADRM.yaml'));
  const { known, fresh } = await told(copy, understood);
  const blamed = { file: 'partners/ksz.yaml', line: 11, message: 'there is no flow "ADRM"' };
  expect(known).toMatchObject({ ok: false, problems: expect.arrayContaining([expect.objectContaining(blamed)]) });
  expect(known).toEqual(fresh);
});

test('a file that is wrong is told at every reading, and is understood once it is set right', async () => {
  await using copy = await ConfigCopy.make();
  const understood = new UnderstoodFiles();
  const sound = await told(copy, understood);
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM]', 'sends: [ADRM], oops: 1');
  const blamed = expect.objectContaining({ file: 'partners/ksz.yaml' });
  for (let reading = 1; reading <= 3; reading += 1) {
    const { known, fresh } = await told(copy, understood);
    expect(known).toMatchObject({ ok: false, problems: expect.arrayContaining([blamed]) });
    expect(known).toEqual(fresh);
  }
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM], oops: 1', 'sends: [ADRM]');
  const after = await told(copy, understood);
  expect(after.known).toEqual(sound.fresh);
});

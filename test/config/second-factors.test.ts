import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigCopy, load } from './config-copy.ts';
import { type Refusal, testRefusals } from './refusals.ts';

const KSZ = 'partners/ksz.yaml';
const GATEWAY = 'gateway.yaml';

const REFUSALS: readonly Refusal[] = [
  [
    'a second factor that is none',
    KSZ,
    '- id: anna\n',
    '- id: anna\n    secondFactor: {}\n',
    `${KSZ}:43:19`,
    '"secondFactor" names no factor',
  ],
  [
    'a secret that is not there',
    KSZ,
    '- id: anna\n',
    '- id: anna\n    secondFactor:\n      totp:\n        secretFile: ../none\n',
    `${KSZ}:45:21`,
    'the secret ../none cannot be used: it cannot be read',
  ],
  [
    'a level that is none',
    GATEWAY,
    'accessMethod: internet\n',
    'accessMethod: internet\n    level: 3\n',
    `${GATEWAY}:20:12`,
    '"level" is 3; expected is one of: 1, 2',
  ],
  [
    'a listener on the internet without a second factor',
    GATEWAY,
    'accessMethod: internet\n',
    'accessMethod: internet\n    level: 1\n',
    `${GATEWAY}:20:12`,
    'a listener on the internet asks for a second factor',
  ],
];

testRefusals(REFUSALS);

test('levels and second factors are taken up, and nobody else may read a secret', async () => {
  await using copy = await ConfigCopy.make();
  const secrets = join(copy.directory, '.secrets');
  await mkdir(secrets);
  await writeFile(join(secrets, 'anna'), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', { mode: 0o600 });
  const factor = '    secondFactor:\n      totp:\n        secretFile: .secrets/anna\n';
  await copy.edit(KSZ, '- id: anna\n', `- id: anna\n${factor}`);
  await copy.edit('folders.yaml', 'content: reviewed\n', 'content: reviewed\n    level: 2\n');
  const loaded = await load(copy);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { listeners, generation } = loaded.settings;
  expect(listeners.map(({ level, rule }) => [level, rule])).toEqual([
    [1, 'gateway.yaml#/listeners/0'],
    [2, 'gateway.yaml#/listeners/1'],
    [1, 'gateway.yaml#/listeners/2'],
  ]);
  expect(new Set(generation.flows.map(({ level }) => level))).toEqual(new Set([1]));
  expect(generation.folders.map(({ level, source }) => [level, source])).toEqual([[2, 'folders.yaml#/folders/0']]);
  const anna = generation.partners.find(({ id }) => id === 'ksz')?.accounts[0];
  expect(anna?.secondFactor).toEqual({ totp: { secretFile: '.secrets/anna' } });
  await chmod(join(secrets, 'anna'), 0o644);
  const opened = await load(copy);
  expect(opened.ok ? [] : opened.problems.map(({ message }) => message)).toEqual([
    'the secret .secrets/anna cannot be used: others on this machine can read or change it; chmod 600 it',
  ]);
});

import { relative } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { check, checkDiff } from '../../src/commands/check.ts';
import { GenerationStore } from '../../src/config/generation-store.ts';
import { loadTree } from '../../src/config/load.ts';
import { readTree } from '../../src/config/tree.ts';
import { ConfigCopy } from './config-copy.ts';

async function run(config: string, json: boolean): Promise<{ status: 0 | 1; text: string }> {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const status = await check({ config, json }, out);
  return { status, text };
}

test('a sound configuration is one line with counts', async () => {
  await using copy = await ConfigCopy.make();
  const { status, text } = await run(copy.directory, false);
  expect(status).toBe(0);
  expect(text).toMatch(
    /^OK: partners 4, accounts 12, flows 7, authorizations 9, folders 1, sectors 19; generation [0-9a-f]{64}\nwarning: demo mode: [^\n]+\n$/,
  );
});

test('problems are told with place, remedy and count', async () => {
  await using copy = await ConfigCopy.make();
  await copy.edit('gateway.yaml', 'loginTries', 'logonTries');
  const { status, text } = await run(copy.directory, false);
  const file = relative(process.cwd(), copy.path('gateway.yaml'));
  expect(status).toBe(1);
  expect(text).toBe(`${file}:56:3  unknown key "logonTries"\n    did you mean "loginTries"?\n1 problem\n`);
});

test('--json tells the same for programs', async () => {
  await using copy = await ConfigCopy.make();
  const sound = await run(copy.directory, true);
  expect(JSON.parse(sound.text)).toMatchObject({ ok: true, counts: { partners: 4 }, problems: [] });
  await copy.edit('gateway.yaml', 'loginTries', 'logonTries');
  const { status, text } = await run(copy.directory, true);
  expect(status).toBe(1);
  expect(JSON.parse(text)).toEqual({
    ok: false,
    problems: [
      {
        file: 'gateway.yaml',
        line: 56,
        column: 3,
        message: 'unknown key "logonTries"',
        remedy: 'did you mean "loginTries"?',
      },
    ],
  });
});

async function keptCopy(): Promise<ConfigCopy> {
  const copy = await ConfigCopy.make();
  const { source, loaded } = await loadTree(copy.directory, await readTree(copy.directory), {
    keyFiles: 'may-be-absent',
  });
  if (source === undefined || !loaded.ok) throw new Error('the shipped configuration has problems');
  const store = new GenerationStore(copy.root);
  const tree = await store.put(source.bundle);
  const generation = loaded.settings.generation.id;
  await store.append({
    at: '',
    generation,
    tree,
    parent: undefined,
    how: 'demo',
    author: 'system:test',
    approvers: [],
  });
  return copy;
}

async function diff(copy: ConfigCopy): Promise<{ status: 0 | 1; text: string }> {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const status = await checkDiff({ config: copy.directory, data: copy.root, json: false }, undefined, out);
  return { status, text };
}

test('--diff tells person by person what the files give and take', async () => {
  await using copy = await keptCopy();
  expect(await diff(copy)).toEqual({ status: 0, text: 'nobody gets or loses anything\n' });
  await copy.edit(
    'folders.yaml',
    '      - partner: rjv\n        rights: all\n',
    '      - partner: rjv\n        account: anna\n        rights: [list, read]\n',
  );
  await copy.edit(
    'partners/ksz.yaml',
    '  - id: bram\n    name: Bram Demo\n',
    '  - id: bram\n    name: Bram Demo\n    roles: [auditor]\n',
  );
  await copy.edit('authorizations/adrm-ksz-rjv.yaml', 'blocks: [key, address, quality]', 'blocks: [key, address]');
  await copy.edit('gateway.yaml', 'port: 8444', 'port: 8445');
  await copy.edit('gateway.yaml', 'processes: 1', 'processes: 2');
  const { status, text } = await diff(copy);
  expect(status).toBe(1);
  const quality =
    'gives 10/0 the block quality of persons in quality 010 of ADRM by 25/0 for ADDRESS_MAINTENANCE in R T S, from 2020-01-01 (version 1)';
  const nothingShared = [
    ...['create', 'delete'].map((right) => `  - may ${right} /SHARED/work/*`),
    ...['/SHARED', '/SHARED/work', '/SHARED/work/*'].map((path) => `  - may list ${path}`),
    ...['makeFolder', 'move', 'overwrite', 'read'].map((right) => `  - may ${right} /SHARED/work/*`),
    ...['/SHARED', '/SHARED/work', '/SHARED/work/*'].map((path) => `  - may view ${path}`),
  ];
  expect(text.split('\n')).toEqual([
    'act adrm-ksz-rjv',
    `  - ${quality}`,
    'anna@rjv',
    ...['create', 'delete', 'makeFolder', 'move', 'overwrite'].map((right) => `  - may ${right} /SHARED/work/*`),
    ...['/SHARED/work', '/SHARED/work/*'].map((path) => `  - may view ${path}`),
    'batch@rjv',
    ...nothingShared,
    'bram@ksz',
    '  + has the role auditor',
    'bram@rjv',
    ...nothingShared,
    'taken up at the next start: processes',
    '',
  ]);
});

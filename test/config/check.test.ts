import { relative } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { check } from '../../src/commands/check.ts';
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

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SshWorkshop } from '../support/ssh-keys.ts';
import { edPair, str } from '../support/ssh-wire.ts';
import { ConfigCopy, load } from './config-copy.ts';

const KSZ = 'partners/ksz.yaml';
const DEMO = '../certs/demo/batch@ksz.ssh.pub';

let workshop: SshWorkshop;
beforeAll(async () => {
  workshop = await SshWorkshop.open();
  const kinds = {
    good: '-t ed25519',
    p521: '-t ecdsa -b 521',
    rsa3072: '-t rsa -b 3072',
    rsa2048: '-t rsa -b 2048',
    dsa: '-t dsa',
  };
  for (const [name, kind] of Object.entries(kinds)) await workshop.key(name, kind);
  const certified = await workshop.certify('good', { keyFile: workshop.path('p521'), fingerprint: '' }, ['-n', 'x']);
  await writeFile(workshop.path('certified.pub'), await readFile(certified.certificateFile ?? ''));
  const [type, pair] = ['sk-ssh-ed25519@openssh.com', edPair()];
  const blob = Buffer.concat([str(type), str(pair.point), str('ssh:')]);
  await writeFile(workshop.path('security.pub'), `${type} ${blob.toString('base64')} token\n`);
  await writeFile(
    workshop.path('cut.pub'),
    (await readFile(workshop.path('good.pub'), 'utf8')).replace(/.... good/, ' good'),
  );
  await workshop.revoke('good.krl', []);
});
afterAll(() => workshop.close());

async function problemsOf(copy: ConfigCopy): Promise<readonly string[]> {
  const loaded = await load(copy);
  if (loaded.ok) return [];
  return loaded.problems.map(({ file, line, message, remedy }) => `${file}:${line} ${message} | ${remedy}`);
}

const NOT_ACCEPTED = 'this is not an SSH public key to accept';

test.each([
  ['rsa2048', `${NOT_ACCEPTED}: its RSA key is weaker than 3072 bits with exponent 65537`, 'ssh-keygen -t ed25519'],
  ['dsa', `${NOT_ACCEPTED}: "ssh-dss" is not an algorithm to accept`, 'ssh-keygen -t ed25519'],
  ['security', `${NOT_ACCEPTED}: "sk-ssh-ed25519@openssh.com" is the key of a security key`, 'ssh-keygen -t ed25519'],
  ['certified', `${NOT_ACCEPTED}: it is a certificate`, 'certificateAuthorities'],
  ['cut', `${NOT_ACCEPTED}: its base64 part is damaged`, 'copy the whole line'],
])(
  'the key %s is refused by file, line and remedy, for an account and for an authority',
  async (name, message, remedy) => {
    await using copy = await ConfigCopy.make();
    await copy.edit(KSZ, DEMO, workshop.path(`${name}.pub`));
    const line =
      (await readFile(copy.path(KSZ), 'utf8')).split('\n').findIndex((one) => one.includes(`${name}.pub`)) + 1;
    const [problem = ''] = await problemsOf(copy);
    expect(problem).toContain(`${KSZ}:${line} ${message}`);
    expect(problem.split(' | ')[1]).toContain(remedy);

    await using second = await ConfigCopy.make();
    await authorities(second, [{ publicKeyFile: workshop.path(`${name}.pub`) }]);
    const [of = ''] = await problemsOf(second);
    expect(of).toContain(message);
    expect(of).toContain('gateway.yaml:');
  },
);

test.each(['good', 'p521', 'rsa3072'])('the key %s is taken, for an account and for an authority', async (name) => {
  await using copy = await ConfigCopy.make();
  await copy.edit(KSZ, DEMO, workshop.path(`${name}.pub`));
  expect(await problemsOf(copy)).toEqual([]);
  await using second = await ConfigCopy.make();
  await authorities(second, [{ publicKeyFile: workshop.path(`${name}.pub`), krlFile: workshop.path('good.krl') }]);
  expect(await problemsOf(second)).toEqual([]);
});

type Entry = { readonly publicKeyFile: string; readonly krlFile?: string; readonly partners?: readonly string[] };

/** Puts the block at the end of the file, an entry on each line. */
async function authorities(copy: ConfigCopy, entries: readonly Entry[], revokedKeysFile?: string): Promise<void> {
  const text = await readFile(copy.path('gateway.yaml'), 'utf8');
  const lines = entries.map((entry) => `    - ${JSON.stringify(entry)}`);
  const last = revokedKeysFile === undefined ? [] : [`  revokedKeysFile: ${JSON.stringify(revokedKeysFile)}`];
  await copy.write('gateway.yaml', [text, 'ssh:', '  certificateAuthorities:', ...lines, ...last, ''].join('\n'));
}

test('each fault of an authority is told', async () => {
  await using copy = await ConfigCopy.make();
  await copy.edit(KSZ, DEMO, workshop.path('p521.pub'));
  await authorities(
    copy,
    [
      { publicKeyFile: workshop.path('good.pub') },
      { publicKeyFile: workshop.path('good.pub') },
      { publicKeyFile: workshop.path('p521.pub') },
      { publicKeyFile: workshop.path('absent.pub') },
      { publicKeyFile: workshop.path('rsa3072.pub'), krlFile: workshop.path('absent.krl'), partners: ['ksy'] },
    ],
    join(copy.root, 'absent-too.krl'),
  );
  const problems = await problemsOf(copy);
  const wanted = [
    'this key already belongs to another authority | give the authority a key of its own',
    'this key already belongs to an account',
    `the key file ${workshop.path('absent.pub')} cannot be read | make the file`,
    `the revocation list ${workshop.path('absent.krl')} cannot be read | make it with: ssh-keygen -k`,
    'there is no partner "ksy" | did you mean "ksz"?',
    `the revocation list ${join(copy.root, 'absent-too.krl')} cannot be read`,
  ];
  for (const one of wanted)
    expect(
      problems.some((problem) => problem.includes(one)),
      one,
    ).toBe(true);
  expect(problems).toHaveLength(wanted.length);
});

test('the keys of authorities are part of what makes a generation', async () => {
  await using copy = await ConfigCopy.make();
  const file = join(copy.root, 'ca.pub');
  await writeFile(file, await readFile(workshop.path('good.pub')));
  await authorities(copy, [{ publicKeyFile: file, partners: ['ksz'] }]);
  const first = await load(copy);
  await writeFile(file, await readFile(workshop.path('p521.pub')));
  const second = await load(copy);
  if (!first.ok || !second.ok) throw new Error('the configuration has problems');
  expect(first.settings.generation.id).not.toBe(second.settings.generation.id);
  expect(second.settings.generation.ssh.authorities).toMatchObject([{ partners: ['ksz'], krlFile: undefined }]);
});

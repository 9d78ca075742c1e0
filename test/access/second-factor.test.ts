import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isEidAuthentication } from '../../src/access/eid.ts';
import { LoginLimiter } from '../../src/access/login-limiter.ts';
import { hashPassword, PasswordChecker } from '../../src/access/password.ts';
import { type Proof, SecondFactors } from '../../src/access/second-factor.ts';
import { StepUps } from '../../src/access/step-ups.ts';
import { newTotpSecret, totpCounter } from '../../src/access/totp.ts';
import { EID_AUTHENTICATION_POLICIES } from '../../src/domain/eid.ts';
import type { Session } from '../../src/domain/principal.ts';
import type { Path } from '../../src/pki/path.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { TestCa } from '../support/certificates.ts';
import { account, generation, LIMITS, partner, session } from '../support/generation.ts';

/** The ASCII secret "12345678901234567890" of RFC 6238 appendix B. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** RFC 6238 appendix B, SHA-1: seconds, and the last six of its eight digits. */
const VECTORS = [
  [59, '287082', 1],
  [1111111109, '081804', 37037036],
  [1111111111, '050471', 37037037],
  [1234567890, '005924', 41152263],
  [2000000000, '279037', 66666666],
  [20000000000, '353130', 666666666],
] as const;

describe('one-time codes', () => {
  for (const [seconds, code, counter] of VECTORS) {
    test(`of RFC 6238 at ${seconds}`, () => {
      expect(totpCounter(RFC_SECRET, code, seconds * 1000)).toBe(counter);
    });
  }

  for (const [what, seconds, counter] of [
    ['two steps early', -31, undefined],
    ['one step early', -1, 37037037],
    ['in its step', 0, 37037037],
    ['at the end of its step', 29, 37037037],
    ['one step late', 59, 37037037],
    ['two steps late', 60, undefined],
  ] as const) {
    test(`a code given ${what}`, () => {
      const begin = 37037037 * 30; // 050471
      expect(totpCounter(RFC_SECRET, '050471', (begin + seconds) * 1000)).toBe(counter);
    });
  }

  test('other digits, other lengths and letters are wrong; a bad secret is an error', () => {
    for (const code of ['287083', '94287082', '28708', '', '28708a', ' 287082', '２８７０８２']) {
      expect(totpCounter(RFC_SECRET, code, 59_000), code).toBeUndefined();
    }
    expect(() => totpCounter('GEZDGNBV', '287082', 59_000)).toThrow('16 bytes');
    expect(() => totpCounter('not base32!', '287082', 59_000)).toThrow('base32');
  });

  test('a new secret has 160 bits and an address for authenticators', () => {
    const { base32, uri } = newTotpSecret('anna@ksz');
    expect(base32).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toBe(`otpauth://totp/Sluis:anna%40ksz?issuer=Sluis&secret=${base32}&algorithm=SHA1&digits=6&period=30`);
  });
});

describe('passwords', () => {
  /** RFC 7914 §12, fourth vector: N 16384, r 8, p 1, "pleaseletmein", salt "SodiumChloride". */
  const hash = Buffer.from(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    'hex',
  )
    .toString('base64')
    .replace(/=+$/, '');
  const salt = 'U29kaXVtQ2hsb3JpZGU';

  test('the vector of RFC 7914', async () => {
    const checker = new PasswordChecker();
    expect(await checker.matches('pleaseletmein', `$scrypt$ln=14,r=8,p=1$${salt}$${hash}`)).toBe(true);
    expect(await checker.matches('pleaseletmeim', `$scrypt$ln=14,r=8,p=1$${salt}$${hash}`)).toBe(false);
    expect(await checker.matches('pleaseletmein', `$scrypt$ln=13,r=8,p=1$${salt}$${hash}`)).toBe(false);
  });

  test('match with the parameters that stand in the hash', async () => {
    const checker = new PasswordChecker();
    const kept = await hashPassword('correct horse battery');
    expect(kept).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await checker.matches('correct horse battery', kept)).toBe(true);
    expect(await checker.matches('correct horse batterY', kept)).toBe(false);
    expect(await checker.matches('', kept)).toBe(false);
    expect(await hashPassword('correct horse battery')).not.toBe(kept);
  });

  test('one form of Unicode is as good as another', async () => {
    const kept = await hashPassword('caf\u00e9 au lait, gegist');
    expect(await new PasswordChecker().matches('cafe\u0301 au lait, gegist', kept)).toBe(true);
  });

  test('a hash of another form, or one that asks for too much memory, is an error', async () => {
    const checker = new PasswordChecker();
    for (const kept of [
      `$scrypt$ln=10,r=8$${salt}$${hash}`,
      '$2b$12$abc',
      '',
      `$scrypt$ln=30,r=8,p=1$${salt}$${hash}`,
    ]) {
      await expect(checker.matches('password', kept), kept).rejects.toThrow();
    }
  });
});

describe('stepping up', () => {
  const NOW = 1_111_111_111_000; // the code is 050471
  const [CODE, NEXT] = ['050471', '266759'];
  let folder: string;
  let ledger: Ledger;
  let now: number;
  let stepUps: StepUps;
  let lines: AuditLine[];
  let factors: SecondFactors;
  const anna: Session = { ...session('anna@ksz', 'portal'), remoteAddress: '192.0.2.7' };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluis-factor-'));
    now = NOW;
    const clock = { now: () => now, monotonic: () => now };
    ledger = await openSqliteLedger({ file: join(folder, 'ledger.sqlite'), clock, onBroken: () => {} });
    stepUps = await StepUps.open({ ledger, clock });
    lines = [];
    await writeFile(join(folder, 'anna.totp'), `${RFC_SECRET}\n`, { mode: 0o600 });
    const secondFactor = { totp: { secretFile: 'anna.totp' } };
    const accounts = [account('anna', 'person', { secondFactor }), account('bram', 'person')];
    const value = generation({ partners: [partner('ksz', { accounts })], limits: { ...LIMITS, stepUpHours: 4 } });
    factors = new SecondFactors({
      ...{ generation: { value }, ledger, stepUps, clock, directory: folder },
      audit: { note: (line) => lines.push(line) },
      limiter: new LoginLimiter({ limits: { value: value.limits }, clock, onPenalty: () => {} }),
    });
  });
  afterEach(async () => {
    await ledger.close();
    await rm(folder, { recursive: true });
  });

  const code = (text: string): Proof => ({ kind: 'totp', code: text });

  test('a code opens level 2 for four hours, for this certificate at this address', async () => {
    expect(await factors.stepUp(anna, code(CODE))).toEqual({ ok: true, until: NOW + 14_400_000 });
    const key = { fingerprint: anna.fingerprint, address: '192.0.2.7' };
    const until = (more: Partial<typeof key>, principal = anna.principal) =>
      stepUps.until({ ...key, ...more }, principal);
    expect(until({})).toBe(NOW + 14_400_000);
    expect(until({ address: '192.0.2.8' })).toBeUndefined();
    expect(until({ fingerprint: 'e'.repeat(64) })).toBeUndefined();
    expect(until({}, { ...anna.principal, id: 'bram' })).toBeUndefined();
    const before = stepUps.version;
    now = NOW + 14_399_999;
    expect([until({}), stepUps.version]).toEqual([NOW + 14_400_000, before]);
    now = NOW + 14_400_000;
    expect([until({}), stepUps.version]).toEqual([undefined, before + 1]);
  });

  test('a grant outlives a restart and is ended by the operator, which stands in the log', async () => {
    await factors.stepUp(anna, code(CODE));
    const again = await StepUps.open({ ledger, clock: { now: () => now } });
    const key = { fingerprint: anna.fingerprint, address: '192.0.2.7' };
    expect(again.until(key, anna.principal)).toBe(NOW + 14_400_000);
    expect(await again.end(anna.fingerprint, 'operator')).toBe(1);
    expect(again.until(key, anna.principal)).toBeUndefined();
    expect(await again.end(anna.fingerprint, 'operator')).toBe(0);
    const written = await ledger.read({ kind: 'auditLines', from: 1, limit: 10 });
    expect(written.map(({ kind, fields }) => [kind, fields.principal, fields.factor ?? fields.reason])).toEqual([
      ['step-up', 'anna@ksz', 'totp'],
      ['step-up-ended', 'anna@ksz', 'operator'],
    ]);
  });

  test('a code is taken once, also by another certificate and over SSH, and none before it', async () => {
    expect(await factors.stepUp(anna, code(CODE))).toMatchObject({ ok: true });
    expect(await factors.stepUp(anna, code(CODE))).toEqual({ ok: false, reason: 'second-factor-used' });
    const other = { ...anna, fingerprint: 'a'.repeat(64) };
    expect(await factors.stepUp(other, code(CODE))).toEqual({ ok: false, reason: 'second-factor-used' });
    expect(await factors.proveOverSsh(anna, CODE)).toEqual({ ok: false, reason: 'second-factor-used' });
    expect(await factors.stepUp(anna, code('081804'))).toEqual({ ok: false, reason: 'second-factor-used' }); // the step before
    now += 30_000;
    expect(await factors.proveOverSsh(anna, NEXT)).toMatchObject({ ok: true, session: { id: anna.id, level: 2 } });
    expect(lines.map(({ fields }) => fields.reason)).toEqual(Array(4).fill('second-factor-used'));
  });

  test('two at once with one code: one comes in', async () => {
    const results = await Promise.all([factors.stepUp(anna, code(CODE)), factors.stepUp(anna, code(CODE))]);
    expect(results.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
  });

  test('who gives wrong codes waits, with the right one too, and from every address', async () => {
    for (let time = 0; time < 4; time += 1) {
      expect(await factors.stepUp(anna, code('000000'))).toEqual({ ok: false, reason: 'second-factor-wrong' });
    }
    const elsewhere = { ...anna, remoteAddress: '192.0.2.99', fingerprint: 'b'.repeat(64) };
    for (const one of [anna, elsewhere]) {
      expect(await factors.stepUp(one, code(CODE))).toEqual({
        ok: false,
        reason: 'second-factor-wait',
        waitSeconds: 15,
      });
    }
    now += 15_000;
    expect(await factors.stepUp(anna, code(CODE))).toMatchObject({ ok: true });
    expect(lines.map(({ kind, outcome, fields }) => `${kind} ${outcome} ${fields.principal} ${fields.reason}`)).toEqual(
      [
        ...Array(4).fill('second-factor refused anna@ksz second-factor-wrong'),
        ...Array(2).fill('second-factor refused anna@ksz second-factor-wait'),
      ],
    );
    expect(JSON.stringify(lines)).not.toContain(CODE);
  });

  test('an account without a factor has none; a secret that others can read is not used', async () => {
    const bram = { ...anna, principal: { ...anna.principal, id: 'bram' } };
    const none = { ok: false, reason: 'no-second-factor' };
    expect(await factors.stepUp(bram, code(CODE))).toEqual(none);
    expect(await factors.stepUp(anna, { kind: 'password', password: 'anything at all' })).toEqual(none);
    await chmod(join(folder, 'anna.totp'), 0o640);
    await expect(factors.stepUp(anna, code(CODE))).rejects.toMatchObject({ code: 'unavailable' });
    await chmod(join(folder, 'anna.totp'), 0o600);
    expect(await factors.stepUp(anna, code(CODE))).toMatchObject({ ok: true });
  });
});

describe('an identity card', () => {
  const NOW = Date.UTC(2026, 2, 2);
  const policy = '2.16.56.12.1.1.2.2';

  test('the policies are those of citizens and foreigners of four roots', () => {
    expect([...EID_AUTHENTICATION_POLICIES].toSorted()).toEqual([
      ...['2.16.56.1.1.1.2.2', '2.16.56.1.1.1.7.2', '2.16.56.10.1.1.2.2', '2.16.56.10.1.1.7.2'],
      ...['2.16.56.12.1.1.2.2', '2.16.56.12.1.1.7.2', '2.16.56.9.1.1.2.2', '2.16.56.9.1.1.7.2'],
    ]);
  });

  test('is two factors by its authentication certificate alone', async () => {
    const root = await TestCa.root('Root', NOW);
    const free = await root.intermediate('Citizen CA', NOW, { policies: ['2.5.29.32.0'] });
    const bound = await root.intermediate('Other CA', NOW, { policies: ['1.2.3'] });
    const card = async (
      by: TestCa,
      policies: readonly string[],
      usage: readonly ('digitalSignature' | 'nonRepudiation')[],
    ) => {
      const certificate = await by.issue(NOW, { policies, usage });
      const path: Path =
        by === root ? [certificate, root.certificate] : [certificate, by.certificate, root.certificate];
      return isEidAuthentication(certificate, path);
    };
    expect(await card(free, [policy], ['digitalSignature'])).toBe(true);
    expect(await card(root, [policy], ['digitalSignature'])).toBe(true);
    expect(await card(bound, [policy], ['digitalSignature'])).toBe(false);
    expect(await card(free, ['2.16.56.12.1.1.2.1'], ['digitalSignature'])).toBe(false);
    expect(await card(free, [policy], ['digitalSignature', 'nonRepudiation'])).toBe(false);
    expect(await card(free, [], ['digitalSignature'])).toBe(false);
  });
});

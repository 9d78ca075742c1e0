import { execFile } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfiguration } from '../../src/config/load.ts';
import type { VPath } from '../../src/domain/vpath.ts';
import { signingOf } from '../../src/gateway-signatures.ts';
import { SetSignatures, type SignatureVerdict } from '../../src/pipeline/set-signatures.ts';
import { SignatureThread } from '../../src/pipeline/signature-thread.ts';
import type { Certificate } from '../../src/pki/certificate.ts';
import { CrlFile } from '../../src/pki/crl-places.ts';
import { toPem } from '../../src/pki/issue.ts';
import { RevocationLists } from '../../src/pki/revocation-lists.ts';
import type { EntryRow } from '../../src/storage/commands.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { type CertificateSpec, DAY, ecKey, rsaKey, TestCa } from './certificates.ts';

const run = promisify(execFile);
const SHIPPED = join(import.meta.dirname, '../../config');
/** The certificate policy that signatures are asked for here. */
export const POLICY = '1.3.6.1.4.1.4146.1.40';
export const ANNA = 'anna@ksz.example';

export type Signer = { readonly certificate: Certificate; readonly key: KeyObject };

/** Two authorities, what verifies sets of the partner `ksz` by them, and OpenSSL with the same policy. */
export class SigningPlace {
  readonly folder: string;
  readonly now: number;
  readonly rsaCa: TestCa;
  readonly ecCa: TestCa;
  /** Below the first; not trusted by itself. */
  readonly between: TestCa;
  readonly #store: DiskStore;
  readonly #revoked: Certificate[] = [];
  #thread: SignatureThread | undefined;
  #ledger: Ledger | undefined;
  #signatures: SetSignatures | undefined;
  #partner: Parameters<SetSignatures['judge']>[0]['partner'] | undefined;

  private constructor(folder: string, now: number, rsaCa: TestCa, ecCa: TestCa, between: TestCa) {
    this.folder = folder;
    this.now = now;
    this.rsaCa = rsaCa;
    this.ecCa = ecCa;
    this.between = between;
    this.#store = new DiskStore({ directory: join(folder, 'content') });
  }

  static async make(): Promise<SigningPlace> {
    const now = Date.now();
    const folder = await mkdtemp(join(tmpdir(), 'sluis-signing-'));
    const rsaCa = await TestCa.root('RSA Signing CA', now, { key: rsaKey() });
    const between = await rsaCa.intermediate('Between', now, { policies: [POLICY] });
    return new SigningPlace(folder, now, rsaCa, await TestCa.root('EC Signing CA', now), between);
  }

  /** A certificate for signing of anna@ksz, right but for what is said. */
  async signer(spec: Partial<CertificateSpec> = {}, ca: TestCa = this.rsaCa): Promise<Signer> {
    const key = spec.key ?? ecKey();
    const certificate = await ca.issue(this.now, { emails: [ANNA], purposes: [], policies: [POLICY], ...spec, key });
    return { certificate, key };
  }

  revoke({ certificate }: Signer): void {
    this.#revoked.push(certificate);
  }

  /** Publishes the lists of revoked certificates and starts what verifies. */
  async open(): Promise<void> {
    const roots = [this.rsaCa, this.ecCa].map(({ certificate }) => certificate);
    const cas = [this.rsaCa, this.ecCa, this.between];
    const times = { thisUpdate: this.now - DAY, nextUpdate: this.now + 10 * DAY };
    const lists = await Promise.all(
      cas.map(async (ca) => {
        const revoked = this.#revoked.filter(({ issuerKeyId }) => issuerKeyId === ca.certificate.keyId);
        return toPem('X509 CRL', await ca.crl({ ...times, revoked }));
      }),
    );
    const files = lists.map((_, index) => join(this.folder, `${index}.crl`));
    await Promise.all(files.map((file, index) => writeFile(file, lists[index] ?? '')));
    const pems = roots.map(({ der }) => toPem('CERTIFICATE', der));
    await writeFile(join(this.folder, 'trusted.pem'), [...pems, ...lists].join(''));
    const issuers = cas.map(({ certificate }) => certificate);
    const revocation = new RevocationLists({
      full: files.map((file) => new CrlFile(file, 1_000_000)),
      ...{ delta: [], issuers, needDelta: new Set(), rules: { graceMs: 0, toleranceMs: 0 }, now: () => this.now },
    });
    const problems = await revocation.reload();
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    await this.#start({ issuers: roots, intermediates: [this.between.certificate], revocation });
  }

  async #start(trust: Parameters<typeof signingOf>[1]): Promise<void> {
    const loaded = await loadConfiguration(SHIPPED);
    if (!loaded.ok) throw new Error('the shipped configuration has problems');
    const { settings } = loaded;
    const signatures = { ...settings.signatures, allowedPolicyOids: [POLICY] };
    const signing = signingOf({ ...settings, signatures }, trust);
    const [nothing, clock] = [() => undefined, { now: () => this.now, monotonic: () => 0 }];
    this.#thread = new SignatureThread(join(this.folder, 'content'), signing.policy);
    const onBroken = (error: Error) => {
      throw error;
    };
    this.#ledger = await openSqliteLedger({ file: join(this.folder, 'ledger.sqlite'), onBroken });
    this.#partner = settings.generation.partners.find(({ id }) => id === 'ksz');
    this.#signatures = new SetSignatures({
      ...{ signing: { value: signing }, thread: this.#thread, ledger: this.#ledger, clock },
      logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    });
  }

  /** What the gateway says of a set of `ksz`: `good`, `held`, or the code with the place of the fault. */
  async verdict(file: Uint8Array, signature: Uint8Array): Promise<string> {
    if (this.#signatures === undefined || this.#partner === undefined) throw new Error('not open');
    const [fi, fs] = [await this.#stored(file), await this.#stored(signature)];
    const set = { path: '/partners/ksz/IN/ADRM/GO' as VPath, partner: this.#partner, fi, fs, arrivedAt: this.now };
    return wordOf(await this.#signatures.judge(set));
  }

  /** Whether OpenSSL takes it, by the same issuers, policy, usage, strength and revocation. */
  async opensslVerdict(file: Uint8Array, cms: Uint8Array): Promise<boolean> {
    const [content, signature] = [join(this.folder, 'openssl.content'), join(this.folder, 'openssl.p7s')];
    await Promise.all([writeFile(content, file), writeFile(signature, cms)]);
    const words = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', signature, '-content', content];
    const policy = ['-purpose', 'smimesign', '-auth_level', '2', '-crl_check', '-policy', POLICY, '-explicit_policy'];
    const trusted = ['-CAfile', join(this.folder, 'trusted.pem'), '-no-CApath', '-no-CAstore'];
    return run('openssl', [...words, ...trusted, ...policy, '-out', '/dev/null']).then(
      () => true,
      () => false,
    );
  }

  /** Signs as a partner does who has OpenSSL. */
  async opensslSign(
    { certificate, key }: Signer,
    file: Uint8Array,
    options: readonly string[] = [],
    more: readonly Signer[] = [],
  ): Promise<Buffer> {
    const at = (name: string) => join(this.folder, name);
    await writeFile(at('file'), file);
    const signers: string[] = [];
    for (const [index, one] of [{ certificate, key }, ...more].entries()) {
      await writeFile(at(`${index}.pem`), toPem('CERTIFICATE', one.certificate.der));
      await writeFile(at(`${index}.key`), one.key.export({ type: 'pkcs8', format: 'pem' }));
      signers.push('-signer', at(`${index}.pem`), '-inkey', at(`${index}.key`));
      if (index === 0) signers.push(...options);
    }
    await run('openssl', [
      'cms',
      '-sign',
      '-binary',
      ...signers,
      '-in',
      at('file'),
      '-outform',
      'DER',
      '-out',
      at('out'),
    ]);
    return readFile(at('out'));
  }

  async close(): Promise<void> {
    await this.#thread?.close();
    await this.#ledger?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #stored(bytes: Uint8Array): Promise<EntryRow> {
    const upload = await this.#store.begin();
    await this.#store.writePart(upload, 0, bytes);
    const content = await this.#store.complete(upload);
    return { ...content, path: '/x' as VPath, kind: 'file', version: 1, createdAt: 0, modifiedAt: 0 };
  }
}

function wordOf(verdict: SignatureVerdict): string {
  if (verdict.kind !== 'refused') return verdict.kind;
  const { code, detail } = verdict.fault;
  return detail === undefined ? code : `${code} ${detail}`;
}

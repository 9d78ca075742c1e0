import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { GatewayError } from '../domain/errors.ts';
import { DemoFiles, PRIVATE_MODE, PUBLIC_MODE, whileLocked } from './demo-files.ts';
import {
  accountRequest,
  CLASS3_CA,
  type DemoAccount,
  type DemoCa,
  rootRequest,
  SERVER_CA,
  SIGNER_CA,
  serverRequest,
  signerRequest,
} from './demo-profiles.ts';
import { authorityKeyId, crlNumber } from './extensions.ts';
import { type CertificateRequest, issueCertificate, issueCrl, keyIdOf, type NameAttribute, toPem } from './issue.ts';
import { publicOfPrivateFile, rsaPublicLine, sshPrivateFile, sshPublicLine } from './openssh-key.ts';

export type { DemoAccount } from './demo-profiles.ts';
export { demoNationalNumber } from './demo-profiles.ts';

export type DemoPkiOptions = {
  readonly directory: string;
  readonly accounts: readonly DemoAccount[];
  /** Hosts for known_hosts; each also with any port. */
  readonly sftpHosts: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type DemoPki = {
  /** Names of the files made by this call; empty where all were there. */
  readonly made: readonly string[];
  /** Sentences for the operator: certificates that have ended or were made by another CA. */
  readonly problems: readonly string[];
};

const PASSWORD = 'demo';
const RSA_BITS = 2048;
const HOST_RSA_BITS = 3072;
const DEFAULT_SFTP_PORT = 8022;
const KEYS_AT_ONCE = 3; // leaves a thread of the pool free for files
const newKeyPair = promisify(generateKeyPair);

/**
 * Makes the demo keys and certificates that are missing; what is there stays. A certificate whose key is missing is
 * made anew together with it. Safe when two processes call it at once.
 * @throws GatewayError `unavailable` where another process is at it for a minute, `bad-request` where a CA lost its key
 */
export async function makeDemoPki(options: DemoPkiOptions): Promise<DemoPki> {
  return whileLocked(options.directory, async () => {
    const files = new DemoFiles(options.directory);
    await mkdir(files.path('private'), { recursive: true, mode: 0o700 });
    await chmod(files.path('private'), 0o700);
    const maker = new DemoMaker(files, options.now);
    await maker.makeAll(options);
    return { made: files.made, problems: await maker.problems() };
  });
}

class DemoMaker {
  readonly #files: DemoFiles;
  readonly #now: number;
  /** Leaf certificate → the file of its CA. */
  readonly #issuedBy = new Map<string, string>();

  constructor(files: DemoFiles, now: number) {
    this.#files = files;
    this.#now = now;
  }

  async makeAll({ accounts, sftpHosts }: DemoPkiOptions): Promise<void> {
    const [class3, server, signer] = await Promise.all([
      this.#root('class3-ca', CLASS3_CA, rsaKey),
      this.#root('server-ca', SERVER_CA, rsaKey),
      this.#root('signer-ca', SIGNER_CA, ecKey),
    ]);
    await this.#crl(class3);
    await this.#leaf('server', 'server.key', 'server-ca', rsaKey, (key) => serverRequest(key, server, this.#now));
    await this.#leaf('signer', 'private/signer.key', 'signer-ca', ecKey, (key) =>
      signerRequest(key, signer, this.#now),
    );
    await this.#hostKey(sftpHosts);
    await withLimit(KEYS_AT_ONCE, accounts, (account) => this.#account(account, class3));
  }

  /** What an operator should know about certificates that are there. */
  async problems(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const [leaf, ca] of this.#issuedBy) {
      const [certificate, issuer] = [await this.#certificate(leaf), await this.#certificate(ca)];
      const ended = [certificate, issuer].find((one) => one.validToDate.getTime() < this.#now);
      if (ended !== undefined) {
        const day = ended.validToDate.toISOString().slice(0, 10);
        const file = `${ended === issuer ? ca : leaf}.pem`;
        problems.push(`the demo certificate ${file} ended on ${day}: remove ${this.#files.directory} and start again`);
      } else if (!certificate.verify(issuer.publicKey)) {
        problems.push(`${leaf}.pem was not made by ${ca}.pem: remove ${this.#files.directory} and start again`);
      }
    }
    return problems;
  }

  async #certificate(name: string): Promise<X509Certificate> {
    try {
      return new X509Certificate((await this.#files.read(`${name}.pem`)) ?? '');
    } catch (cause) {
      throw new GatewayError('bad-request', `${name}.pem holds no certificate that can be read`, { cause });
    }
  }

  async #root(name: string, subject: readonly NameAttribute[], makeKey: MakeKey): Promise<DemoCa> {
    const keyFile = `private/${name}.key`;
    const [hasKey, hasCertificate] = [await this.#files.has(keyFile), await this.#files.has(`${name}.pem`)];
    if (!hasKey && hasCertificate) {
      const where = this.#files.directory;
      throw new GatewayError(
        'bad-request',
        `${where}/${keyFile} is missing: put it back, or remove ${where} and start again`,
      );
    }
    const key = await this.#key(keyFile, makeKey);
    const ca: DemoCa = { name: subject, key };
    if (!hasCertificate) await this.#writeCertificate(name, rootRequest(ca, this.#now));
    return ca;
  }

  async #leaf(
    name: string,
    keyFile: string,
    ca: string,
    makeKey: MakeKey,
    request: (key: KeyObject) => CertificateRequest,
  ): Promise<void> {
    this.#issuedBy.set(name, ca);
    const hadKey = await this.#files.has(keyFile);
    if (hadKey && (await this.#files.has(`${name}.pem`))) return;
    const key = await this.#key(keyFile, makeKey);
    await this.#writeCertificate(name, request(createPublicKey(key)));
  }

  async #account(account: DemoAccount, class3: DemoCa): Promise<void> {
    const name = `${account.id}@${account.partner}`;
    const before = this.#files.made.length;
    await this.#leaf(name, `${name}.key`, 'class3-ca', rsaKey, (key) =>
      accountRequest(account, key, class3, this.#now),
    );
    const isNew = this.#files.made.slice(before).includes(`${name}.pem`);
    if (account.kind === 'person') await this.#pkcs12(name, isNew);
    await this.#sshKey(`${name}.ssh`, `${name}.ssh.pub`, name);
  }

  async #pkcs12(name: string, isNew: boolean): Promise<void> {
    const file = `${name}.p12`;
    if (!isNew && (await this.#files.has(file))) return;
    const [key, own, ca] = await Promise.all([
      this.#files.read(`${name}.key`),
      this.#files.read(`${name}.pem`),
      this.#files.read('class3-ca.pem'),
    ]);
    if (key === undefined || own === undefined || ca === undefined) return;
    const { toPkcs12 } = await import('./pkcs12.ts'); // a start that makes nothing need not load its library
    // node-forge reads the RSA form of a private key, PKCS#1.
    const rsa = String(createPrivateKey(key).export({ type: 'pkcs1', format: 'pem' }));
    await this.#files.remake(file, toPkcs12(rsa, [own, ca], name, PASSWORD), PRIVATE_MODE);
  }

  async #sshKey(privateName: string, publicName: string, comment: string): Promise<KeyObject> {
    const there = await this.#files.read(privateName);
    if (there === undefined) {
      const pair = await newKeyPair('ed25519');
      await this.#files.make(privateName, sshPrivateFile(pair.privateKey, comment), PRIVATE_MODE);
      await this.#files.remake(publicName, `${sshPublicLine(pair.publicKey, comment)}\n`, PUBLIC_MODE);
      return pair.publicKey;
    }
    const publicKey = publicOfPrivateFile(there);
    if (publicKey === undefined)
      throw new GatewayError('bad-request', `${privateName} is not an Ed25519 key of OpenSSH`);
    if (!(await this.#files.has(publicName))) {
      await this.#files.make(publicName, `${sshPublicLine(publicKey, comment)}\n`, PUBLIC_MODE);
    }
    return publicKey;
  }

  async #hostKey(hosts: readonly string[]): Promise<void> {
    const publicKey = await this.#sshKey('private/ssh_host_ed25519', 'ssh_host_ed25519.pub', 'sluis-demo');
    const rsa = await this.#rsaHostKey('private/ssh_host_rsa', 'ssh_host_rsa.pub');
    const keys = [sshPublicLine(publicKey, 'sluis-demo'), rsa];
    const known = await this.#files.read('known_hosts');
    if (keys.every((key) => known?.includes(key))) return;
    // Patterns are OpenSSH's own; other clients want the port that is there without an offset.
    const names = hosts.flatMap((host) => [`[${host}]:*`, `[${host}]:${DEFAULT_SFTP_PORT}`, host]);
    const lines = names.flatMap((name) => keys.map((key) => `${name} ${key}\n`));
    await this.#files.remake('known_hosts', lines.join(''), PUBLIC_MODE);
  }

  /** For clients that may not use Ed25519. @returns the line of its public key */
  async #rsaHostKey(privateName: string, publicName: string): Promise<string> {
    const there = await this.#files.read(privateName);
    const key = there === undefined ? await hostRsaKey() : createPrivateKey(there);
    const line = rsaPublicLine(createPublicKey(key), 'sluis-demo');
    if (there === undefined) {
      await this.#files.make(privateName, key.export({ type: 'pkcs1', format: 'pem' }), PRIVATE_MODE);
      await this.#files.remake(publicName, `${line}\n`, PUBLIC_MODE);
    } else if (!(await this.#files.has(publicName))) {
      await this.#files.make(publicName, `${line}\n`, PUBLIC_MODE);
    }
    return line;
  }

  /** An empty list that lasts as long as its CA: nobody renews the demo's. */
  async #crl(ca: DemoCa): Promise<void> {
    if (await this.#files.has('crl.pem')) return;
    const issuer = await this.#certificate('class3-ca');
    const der = await issueCrl({
      issuer: { ...ca, hash: 'sha256' },
      thisUpdate: issuer.validFromDate.getTime(),
      nextUpdate: issuer.validToDate.getTime(),
      revoked: [],
      extensions: [authorityKeyId(keyIdOf(createPublicKey(ca.key))), crlNumber(1)],
    });
    await this.#files.make('crl.pem', toPem('X509 CRL', der), PUBLIC_MODE);
  }

  async #key(file: string, makeKey: MakeKey): Promise<KeyObject> {
    const there = await this.#files.read(file);
    if (there !== undefined) return createPrivateKey(there);
    const key = await makeKey();
    await this.#files.make(file, key.export({ type: 'pkcs8', format: 'pem' }), PRIVATE_MODE);
    return key;
  }

  async #writeCertificate(name: string, request: CertificateRequest): Promise<void> {
    await this.#files.remake(`${name}.pem`, toPem('CERTIFICATE', await issueCertificate(request)), PUBLIC_MODE);
  }
}

type MakeKey = () => Promise<KeyObject>;

async function rsaKey(): Promise<KeyObject> {
  return (await newKeyPair('rsa', { modulusLength: RSA_BITS })).privateKey;
}

async function hostRsaKey(): Promise<KeyObject> {
  return (await newKeyPair('rsa', { modulusLength: HOST_RSA_BITS })).privateKey;
}

async function ecKey(): Promise<KeyObject> {
  return (await newKeyPair('ec', { namedCurve: 'prime256v1' })).privateKey;
}

/** Runs work for each item, a few at a time. */
async function withLimit<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const runners = Array.from({ length: limit }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(runners);
}

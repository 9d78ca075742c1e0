import { execFile } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Certificate, parseCertificates } from '../../src/pki/certificate.ts';

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

const CONFIG = `
[ ca ]
default_ca = this
[ this ]
database = index.txt
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
serial = serial
crlnumber = crlnumber
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
unique_subject = no
copy_extensions = none
crl_extensions = crl
[ any ]
commonName = supplied
[ crl ]
authorityKeyIdentifier = keyid
[ authority ]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ req ]
distinguished_name = none
prompt = no
[ none ]
`;

/** A certification authority run by `openssl ca`: its data base, its lists, its responder. */
export class OpensslCa {
  readonly folder: string;
  readonly certificate: Certificate;
  #responder: Server | undefined;
  #answered = 0;

  private constructor(folder: string, certificate: Certificate) {
    this.folder = folder;
    this.certificate = certificate;
  }

  static async make(commonName: string): Promise<OpensslCa> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-openssl-ca-'));
    const files = { 'ca.cnf': CONFIG, 'index.txt': '', serial: '1000\n', crlnumber: '01\n' };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const own = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', `/CN=${commonName}`, '-extensions', 'authority'];
    await run('openssl', ['req', '-x509', '-config', 'ca.cnf', ...KEY, '-days', '60', ...own], { cwd: folder });
    return new OpensslCa(folder, await certificateIn(join(folder, 'ca.pem')));
  }

  /** A person's certificate with this mail address. @param until its end, where not in 30 days */
  async issue(
    name: string,
    email: string,
    until?: Date,
  ): Promise<{ readonly certificate: Certificate; readonly key: KeyObject }> {
    const extensions = [
      'basicConstraints = CA:false',
      'keyUsage = critical, digitalSignature',
      'extendedKeyUsage = clientAuth',
      'subjectKeyIdentifier = hash',
      'authorityKeyIdentifier = keyid',
      `subjectAltName = email:${email}`,
    ];
    await writeFile(join(this.folder, `${name}.ext`), extensions.join('\n'));
    const asked = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`];
    await this.#openssl('req', '-new', '-config', 'ca.cnf', ...KEY, ...asked);
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`, '-notext'];
    const end = until?.toISOString().replace(/[-:T]|\.\d+/g, '');
    await this.#openssl('ca', '-batch', '-config', 'ca.cnf', ...(end === undefined ? [] : ['-enddate', end]), ...files);
    const key = createPrivateKey(await readFile(join(this.folder, `${name}.key`)));
    return { certificate: await certificateIn(join(this.folder, `${name}.pem`)), key };
  }

  /** Words that make curl show a certificate of this authority. */
  curlWords(name: string): readonly string[] {
    return ['--cert', join(this.folder, `${name}.pem`), '--key', join(this.folder, `${name}.key`)];
  }

  async revoke(name: string): Promise<void> {
    await this.#openssl('ca', '-config', 'ca.cnf', '-revoke', `${name}.pem`);
  }

  /** Publishes a list with everybody revoked so far. @returns its file */
  async publish(): Promise<string> {
    await this.#openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'new.crl');
    await rename(join(this.folder, 'new.crl'), join(this.folder, 'ca.crl'));
    return join(this.folder, 'ca.crl');
  }

  /**
   * Answers OCSP requests with `openssl ocsp` from the data base as it is then. Its own listener binds every address of
   * the machine, so that a server on loopback stands before it. @returns its address
   */
  async respond(): Promise<string> {
    const server = createServer((request, response) => {
      this.#respondTo(request).then(
        (answer) => response.end(answer),
        () => response.destroy(),
      );
    });
    this.#responder = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  }

  async #respondTo(request: IncomingMessage): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const name = `ocsp-${this.#answered++}`;
    await writeFile(join(this.folder, `${name}.req`), Buffer.concat(chunks));
    const data = ['-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key', '-nmin', '5'];
    await this.#openssl('ocsp', ...data, '-reqin', `${name}.req`, '-respout', `${name}.resp`);
    return readFile(join(this.folder, `${name}.resp`));
  }

  async close(): Promise<void> {
    const responder = this.#responder;
    if (responder !== undefined) {
      responder.closeAllConnections();
      await new Promise((resolve) => responder.close(resolve));
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #openssl(...words: readonly string[]) {
    return run('openssl', words, { cwd: this.folder });
  }
}

async function certificateIn(file: string): Promise<Certificate> {
  const [certificate] = parseCertificates(await readFile(file, 'utf8'));
  if (certificate === undefined) throw new Error(`${file} holds no certificate`);
  return certificate;
}

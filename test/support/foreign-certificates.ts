import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/**
 * Client certificates that no authority of the gateway issued, made by OpenSSL: `self-signed` vouches for itself,
 * `other-ca` is right in everything but its issuer.
 * @param email of the person they pretend to be
 */
export async function makeForeignCertificates(folder: string, email: string): Promise<void> {
  const names = ['-addext', `subjectAltName=email:${email}`, '-addext', 'extendedKeyUsage=clientAuth'];
  const file = (name: string) => join(folder, name);
  const openssl = (...words: readonly string[]) => run('openssl', words, { cwd: folder });
  const self = ['-keyout', file('self-signed.key'), '-out', file('self-signed.pem'), '-subj', '/CN=Anna Demo'];
  await openssl('req', '-x509', ...KEY, ...self, ...names);
  const ca = ['-keyout', file('other-root.key'), '-out', file('other-root.pem'), '-subj', '/CN=Other CA'];
  await openssl('req', '-x509', ...KEY, ...ca);
  const asked = ['-keyout', file('other-ca.key'), '-out', file('other-ca.csr'), '-subj', '/CN=Anna Demo'];
  await openssl('req', '-new', ...KEY, ...asked, ...names);
  const issuer = ['-CA', file('other-root.pem'), '-CAkey', file('other-root.key'), '-copy_extensions', 'copy'];
  await openssl('x509', '-req', '-in', file('other-ca.csr'), '-out', file('other-ca.pem'), ...issuer);
}

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of the system that a test drives, and what is not tested where it is missing. */
export type Tool = { readonly tool: string; readonly debianPackage: string; readonly covers: string };

export const TOOLS: readonly Tool[] = [
  { tool: 'curl', debianPackage: 'curl', covers: 'WebDAV by curl with a client certificate' },
  { tool: 'sftp', debianPackage: 'openssh-client', covers: 'SFTP by OpenSSH' },
  { tool: 'rclone', debianPackage: 'rclone', covers: 'WebDAV and SFTP by rclone' },
  { tool: 'cadaver', debianPackage: 'cadaver', covers: 'WebDAV by cadaver' },
  { tool: 'lftp', debianPackage: 'lftp', covers: 'SFTP by lftp' },
  { tool: 'paramiko', debianPackage: 'python3-paramiko', covers: 'SFTP by paramiko' },
  { tool: 'ssh-audit', debianPackage: 'ssh-audit', covers: 'algorithms of SFTP by ssh-audit' },
  { tool: 'litmus', debianPackage: 'litmus', covers: 'WebDAV by the test suite litmus' },
  { tool: 'mount.davfs', debianPackage: 'davfs2', covers: 'WebDAV by a drive mounted with davfs2' },
  { tool: 'sshfs', debianPackage: 'sshfs', covers: 'SFTP by a drive mounted with sshfs' },
  { tool: 'chromium', debianPackage: 'chromium', covers: 'the file tree in a browser' },
  { tool: 'certutil', debianPackage: 'libnss3-tools', covers: 'the file tree in a browser' },
  { tool: 'openssl', debianPackage: 'openssl', covers: 'signatures and certificates against OpenSSL' },
  { tool: 'xmllint', debianPackage: 'libxml2-utils', covers: 'XML against libxml2' },
  { tool: 'unzip', debianPackage: 'unzip', covers: 'packed deliveries by unzip' },
  { tool: 'strace', debianPackage: 'strace', covers: 'a disk that fails under the ledger' },
  { tool: 'haproxy', debianPackage: 'haproxy', covers: 'the PROXY protocol by HAProxy' },
  { tool: 'iconv', debianPackage: 'libc-bin', covers: 'charsets against the C library' },
];

/** Folders of system programs and of Debian's modules for Python, which are not on the path of everybody. */
const SYSTEM = ['/usr/sbin', '/sbin', '/usr/lib/python3/dist-packages'];

/** Where a program of this machine stands. */
export function toolPath(tool: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders, ...SYSTEM].map((folder) => join(folder, tool)).find((path) => existsSync(path));
}

export function hasTool(tool: string): boolean {
  return toolPath(tool) !== undefined;
}

export function missingTools(): readonly Tool[] {
  return TOOLS.filter(({ tool }) => !hasTool(tool));
}

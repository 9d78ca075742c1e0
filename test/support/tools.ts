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
  { tool: 'openssl', debianPackage: 'openssl', covers: 'signatures and certificates against OpenSSL' },
];

/** Whether a program is on the path of this machine. */
export function hasTool(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, tool)));
}

export function missingTools(): readonly Tool[] {
  return TOOLS.filter(({ tool }) => !hasTool(tool));
}

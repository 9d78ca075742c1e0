import type { Cause } from './case.ts';
import { SFTP_EXTENSIONS } from './sftp-extensions.ts';
import { SFTP_FRAMING } from './sftp-framing.ts';
import { SFTP_HANDLES } from './sftp-handles.ts';
import { SFTP_NAMES } from './sftp-names.ts';
import { SFTP_NUMBERS } from './sftp-numbers.ts';
import { SFTP_PATHS } from './sftp-paths.ts';
import { SFTP_SESSION } from './sftp-session.ts';

/** The whole table, in the order in which it is sent. */
export const CAUSES: readonly Cause[] = [
  ...SFTP_FRAMING,
  ...SFTP_SESSION,
  ...SFTP_HANDLES,
  ...SFTP_NUMBERS,
  ...SFTP_PATHS,
  ...SFTP_NAMES,
  ...SFTP_EXTENSIONS,
];

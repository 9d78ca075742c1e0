import type { Cause } from './case.ts';
import { SFTP_EXTENSIONS } from './sftp-extensions.ts';
import { SFTP_FRAMING } from './sftp-framing.ts';
import { SFTP_HANDLES } from './sftp-handles.ts';
import { SFTP_NAMES } from './sftp-names.ts';
import { SFTP_NUMBERS } from './sftp-numbers.ts';
import { SFTP_PATHS } from './sftp-paths.ts';
import { SFTP_SESSION } from './sftp-session.ts';
import { SSH_CHANNELS } from './ssh-channels.ts';
import { SSH_IDENTIFICATION } from './ssh-identification.ts';
import { SSH_KEY_EXCHANGE } from './ssh-key-exchange.ts';
import { SSH_KEYS } from './ssh-keys.ts';
import { SSH_LOGIN } from './ssh-login.ts';
import { SSH_PACKETS } from './ssh-packet-faults.ts';
import { SSH_SECOND_FACTOR } from './ssh-second-factor.ts';
import { SSH_TOO_EARLY } from './ssh-too-early.ts';

/** The whole table, in the order in which it is sent. */
export const CAUSES: readonly Cause[] = [
  ...SSH_IDENTIFICATION,
  ...SSH_PACKETS,
  ...SSH_KEY_EXCHANGE,
  ...SSH_TOO_EARLY,
  ...SSH_LOGIN,
  ...SSH_KEYS,
  ...SSH_SECOND_FACTOR,
  ...SSH_CHANNELS,
  ...SFTP_FRAMING,
  ...SFTP_SESSION,
  ...SFTP_HANDLES,
  ...SFTP_NUMBERS,
  ...SFTP_PATHS,
  ...SFTP_NAMES,
  ...SFTP_EXTENSIONS,
];

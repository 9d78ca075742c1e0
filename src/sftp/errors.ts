import type { ErrorCode, GatewayError } from '../domain/errors.ts';
import type { Language } from '../domain/partner.ts';
import { textOf } from '../texts/texts.ts';
import { statusPacket } from './codec.ts';

/** Status codes of version 3, draft-ietf-secsh-filexfer-02 §7. */
export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
  OP_UNSUPPORTED: 8,
} as const;

export type SftpStatusCode = (typeof STATUS)[keyof typeof STATUS];

/** A path that can not exist looks like one that does not; what is no folder answers as OpenSSH does (ENOTDIR). */
export const SFTP_STATUS = {
  'bad-path': STATUS.NO_SUCH_FILE,
  'bad-request': STATUS.FAILURE,
  'not-found': STATUS.NO_SUCH_FILE,
  'not-allowed': STATUS.PERMISSION_DENIED,
  'level-too-low': STATUS.PERMISSION_DENIED,
  'no-parent': STATUS.NO_SUCH_FILE,
  'already-exists': STATUS.FAILURE,
  'is-folder': STATUS.FAILURE,
  'not-folder': STATUS.NO_SUCH_FILE,
  'not-empty': STATUS.FAILURE,
  'precondition-failed': STATUS.FAILURE,
  frozen: STATUS.PERMISSION_DENIED,
  locked: STATUS.PERMISSION_DENIED,
  'not-locked': STATUS.FAILURE,
  'wrong-offset': STATUS.FAILURE,
  'too-large': STATUS.FAILURE,
  'out-of-space': STATUS.FAILURE,
  'over-quota': STATUS.FAILURE,
  'digest-mismatch': STATUS.FAILURE,
  'content-missing': STATUS.FAILURE,
  'not-supported': STATUS.OP_UNSUPPORTED,
  fenced: STATUS.FAILURE,
  unavailable: STATUS.FAILURE,
  'not-running': STATUS.FAILURE,
  broken: STATUS.FAILURE,
} as const satisfies Record<ErrorCode, SftpStatusCode>;

/** The answer to a request that was refused, in the client's language: the error's own sentence in English, else that of its code. */
export function refusalPacket(id: number, error: GatewayError, language: Language): Buffer {
  const sentence = language === 'en' ? error.message : textOf(error.code, language, error.detail);
  return statusPacket(id, SFTP_STATUS[error.code], sentence, language);
}

export function okPacket(id: number): Buffer {
  return statusPacket(id, STATUS.OK, 'done');
}

export function endOfFilePacket(id: number): Buffer {
  return statusPacket(id, STATUS.EOF, 'end of file');
}

import { GatewayError } from '../domain/errors.ts';

/** The code of a system error (`ENOENT`), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether fsync itself failed: the kernel may have dropped the bytes, so nothing that follows can be trusted. */
export function isFsyncError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'fsync' || error.syscall === 'fdatasync');
}

/**
 * The refusal a system error stands for, for the caller to throw: a full disk, quota or file size limit is
 * `out-of-space`, a full table of open files is `unavailable`, an absent file is `content-missing`. Every other error, and
 * every error of fsync, comes back as it is.
 */
export function refusalOf(error: unknown): unknown {
  if (isFsyncError(error)) return error;
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new GatewayError('out-of-space', 'there is no room for this file now; try again later', { cause: error });
    case 'EMFILE':
    case 'ENFILE':
      return new GatewayError('unavailable', 'too many files are open now; try again later', { cause: error });
    case 'ENOENT':
      return new GatewayError('content-missing', 'the content of this file is not there', { cause: error });
    default:
      return error;
  }
}

import type { SshKey } from './partner.ts';
import type { PartnerId } from './principal.ts';

/** An authority whose OpenSSH user certificates are taken. */
export type SshAuthority = {
  readonly key: SshKey;
  /** The partners it may speak for. */
  readonly partners: 'all' | readonly PartnerId[];
  /** Absolute path of the list of certificates it revoked; without a list none is. */
  readonly krlFile?: string | undefined;
};

/** What is trusted, and no longer trusted, beside the registered keys. */
export type SshTrust = {
  readonly authorities: readonly SshAuthority[];
  /** Absolute path of a list of keys and certificates that nobody may use any more. */
  readonly revokedKeysFile?: string | undefined;
};

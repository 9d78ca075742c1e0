import type { Generation, Listener } from '../domain/generation.ts';
import type { Language, Partner } from '../domain/partner.ts';

/** What a client certificate must show on a listener, beyond an issuer that is trusted. */
export type Class3Policy = {
  readonly requireExtendedKeyUsage: boolean;
  /** `any`, or the policies of which a certificate carries at least one. */
  readonly allowedPolicyOids: 'any' | readonly string[];
  /** `all`, or the key identifiers of some, hex. */
  readonly trustedIssuers: 'all' | readonly string[];
  /** `any`, or the policies that make the subject's serial number a national number. */
  readonly nationalNumberPolicyOids: 'any' | readonly string[];
};

export type HttpsListener = Listener & { readonly protocol: 'https'; readonly class3: Class3Policy };
export type SftpListener = Listener & { readonly protocol: 'sftp' };

/** Absolute paths. */
export type PkiFiles = {
  readonly trustedIssuers: readonly string[];
  /** CAs below the trusted ones, so that clients need not send them; never trusted by themselves. */
  readonly intermediateIssuers: readonly string[];
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly signerCertificate: string;
  readonly signerKey: string;
  readonly signerIssuer: string;
  readonly crl: readonly string[];
  /** The first is preferred; of each kind (Ed25519, RSA) the first counts. */
  readonly sshHostKeys: readonly string[];
  /** Announced to clients, so that they know them before they are used. */
  readonly nextSshHostKeys: readonly string[];
};

/** Where it is told whether certificates were revoked, and how long that counts. */
export type RevocationSettings = {
  readonly issuers: readonly {
    /** Hex. */
    readonly keyId: string;
    readonly ocsp: readonly { readonly url: string; readonly nonce: 'required' | 'offered' | 'none' }[];
    /** Absolute paths, or addresses that begin with `http://`. */
    readonly lists: readonly string[];
    readonly deltaLists: readonly string[];
  }[];
  readonly timeoutSeconds: number;
  readonly maxResponseBytes: number;
  readonly listTimeoutSeconds: number;
  readonly maxListBytes: number;
  readonly graceMinutes: number;
  readonly revocationMaxAgeMinutes: number;
};

/** Whose signatures incoming sets may bear. */
export type SignatureSettings = Omit<Class3Policy, 'requireExtendedKeyUsage'> & {
  readonly signers: 'accounts' | 'persons';
  readonly holdMinutes: number;
};

/** `demo`: the authority in `directory` makes and renews these files itself. */
export type PkiSettings = {
  readonly files: PkiFiles;
  /** What the files held when the configuration was read, by their paths; keys among it. Lists (`crl`) are not. */
  readonly texts: ReadonlyMap<string, string>;
  readonly revocation: RevocationSettings;
  readonly clockToleranceSeconds: number;
} & ({ readonly demo: true; readonly directory: string } | { readonly demo: false });

/** The gateway's own words, none, or these. */
export type Banner = 'default' | 'none' | Readonly<Partial<Record<Language, string | undefined>>>;

/** Everything the configuration folder says. Paths are absolute. */
export type Settings = {
  readonly generation: Generation;
  readonly listeners: readonly (HttpsListener | SftpListener)[];
  readonly health: { readonly host: string; readonly port: number };
  readonly pki: PkiSettings;
  readonly signatures: SignatureSettings;
  readonly data: { readonly directory: string };
  readonly dropFolder: { readonly enabled: boolean; readonly sweepSeconds: number };
  /** Languages the pages offer; the first is the default. */
  readonly languages: readonly Language[];
  /** What clients of SFTP are told before they log in. */
  readonly banner: Banner;
  readonly demo: boolean;
  /** 1, or one owner and the others that serve connections. */
  readonly processes: number;
  /** Who helps a visitor of whom nobody can tell to which partner he belongs. */
  readonly contact?: Partner['helpdesk'] | undefined;
};

const LAST_PORT = 65_535;

/**
 * The same settings with every port moved by `offset`, so that several gateways run side by side. Port 0 stays 0.
 * @throws RangeError where a port would leave 1–65535
 */
export function withPortOffset(settings: Settings, offset: number): Settings {
  const moved = (port: number): number => {
    if (port === 0) return 0;
    const result = port + offset;
    if (Number.isInteger(result) && result >= 1 && result <= LAST_PORT) return result;
    throw new RangeError(`port ${port} moved by ${offset} is not between 1 and ${LAST_PORT}`);
  };
  return {
    ...settings,
    listeners: settings.listeners.map((listener) => ({ ...listener, port: moved(listener.port) })),
    health: { ...settings.health, port: moved(settings.health.port) },
  };
}

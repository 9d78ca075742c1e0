import type { Authorization, Flow, SharedFolder } from './flow.ts';
import type { Partner, Sector } from './partner.ts';
import type { AccessMethod, Level, PartnerId, RuleRef } from './principal.ts';
import type { SshTrust } from './ssh-trust.ts';

/** Limits of the gateway; units are in the names. Defaults stand in config/schema.ts. */
export type Limits = {
  readonly maxFileBytes: number;
  /** Bytes in the intake folders of a partner, and in a folder of `/SHARED`, that say nothing else. */
  readonly quotaBytes: number;
  readonly settleSecondsWebdav: number;
  readonly emptySettleSeconds: number;
  readonly goWaitSeconds: number;
  readonly setWithoutGoMinutes: number;
  readonly idleTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  readonly minBodyBytesPerSecond: number;
  readonly loginGraceSeconds: number;
  readonly loginTries: number;
  readonly maxUnauthenticated: number;
  readonly maxConnectionsPerPrincipal: number;
  readonly maxConnectionsPerPartner: number;
  readonly penaltyFromFailures: number;
  readonly penaltySeconds: number;
  readonly maxPenaltySeconds: number;
  readonly maxRefusedPerNotification: number;
  /** The longest time a WebDAV lock lasts without being refreshed. */
  readonly maxLockSeconds: number;
  readonly maxLocksPerPrincipal: number;
  /** How long an upload that was cut can be gone on with. */
  readonly partialUploadHours: number;
  readonly maxPartialUploadsPerPrincipal: number;
  /** How long clients' working files (`.filepart`, `._name`) stay in an intake folder. */
  readonly workingFileHours: number;
  /** How long a second factor opens WebDAV for one certificate and address. */
  readonly stepUpHours: number;
  /** What a partner may have simulated in an hour, in `/INTEST-S` and by dry runs together. */
  readonly simulationBytesPerHour: number;
  /** What of a file is read before its receipt; what is found there makes the receipt negative. */
  readonly receiptReadBytes: number;
  /** The largest file that can be tried in the portal. */
  readonly maxDryRunBytes: number;
};

/** How many records of one partner may be refused in an hour or a day because it does not know the person (300020). */
export type Alarms = { readonly unknownPersonsPerHour: number; readonly unknownPersonsPerDay: number };

/** How long questions are remembered that were answered, or closed without an answer. */
export type Retention = { readonly endedQuestionsDays: number };

/** What source holds which kind of datum: the availability table. */
export type Availability = { readonly datum: string; readonly source: string };

/** One complete, valid set of configuration; each decision names the generation it used. */
export type Generation = {
  /** SHA-256 over the canonical configuration, hex. */
  readonly id: string;
  readonly partners: readonly Partner[];
  readonly sectors: readonly Sector[];
  readonly flows: readonly Flow[];
  readonly authorizations: readonly Authorization[];
  readonly folders: readonly SharedFolder[];
  readonly availability: readonly Availability[];
  readonly limits: Limits;
  readonly alarms: Alarms;
  readonly retention: Retention;
  readonly ssh: SshTrust;
  /** The partner whose persons may hold roles at the hub. */
  readonly hub?: PartnerId | undefined;
};

export type Listener = {
  readonly protocol: 'https' | 'sftp';
  readonly host: string;
  readonly port: number;
  readonly accessMethod: AccessMethod;
  /** Addresses and networks from which connections begin with a header of the PROXY protocol, and no others do. */
  readonly proxies: readonly string[];
  /** What it takes to do more here than look at names. */
  readonly level: Level;
  /** Where it stands in the configuration. */
  readonly rule: RuleRef;
};

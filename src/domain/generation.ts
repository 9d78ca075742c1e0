import type { Authorization, Flow, SharedFolder } from './flow.ts';
import type { Partner, Sector } from './partner.ts';
import type { AccessMethod } from './principal.ts';

/** Limits of the gateway; units are in the names. Defaults stand in config/schema.ts. */
export type Limits = {
  readonly maxFileBytes: number;
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
  readonly maxRefusedPerNotification: number;
};

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
};

export type Listener = {
  readonly protocol: 'https' | 'sftp';
  readonly host: string;
  readonly port: number;
  readonly accessMethod: AccessMethod;
};

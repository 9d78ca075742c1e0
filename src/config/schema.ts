import { z } from 'zod';
import { EID_AUTHENTICATION_POLICIES } from '../domain/eid.ts';
import { filePath, issuerKeys, pkiSchema, policyOids, signaturesSchema } from './schema-pki.ts';
import {
  accountName,
  address,
  date,
  email,
  host,
  line,
  listOf,
  parsed,
  partnerId,
  port,
  role,
  seconds,
  strict,
  telephone,
  word,
} from './schema-values.ts';

const accessMethod = z.enum(['line', 'private-network', 'vpn', 'internet']);

/** 1: certificate or key; 2: a second factor as well. */
const level = z.union([z.literal(1), z.literal(2)], { error: '1, 2' });

/** What a client certificate must show beyond a trusted issuer. */
const class3 = strict({
  requireExtendedKeyUsage: z.boolean().default(false),
  allowedPolicyOids: policyOids.default('any'),
  trustedIssuers: issuerKeys.default('all'),
  /** Certificate policies that make the subject's serial number a national number. */
  nationalNumberPolicyOids: policyOids.default([...EID_AUTHENTICATION_POLICIES]),
}).prefault({});

/** Where the PROXY protocol (versions 1 and 2) is asked for; from anywhere else it is refused. */
const proxies = listOf(address).default([]);

const httpsListener = strict({
  protocol: z.literal('https'),
  host,
  port,
  accessMethod,
  level: level.optional(),
  class3,
  proxies,
});
const sftpListener = strict({
  protocol: z.literal('sftp'),
  host,
  port,
  accessMethod,
  level: level.optional(),
  proxies,
});

/** A listener on the internet asks for a second factor. */
function withLevel<Entry extends { accessMethod: string; level?: 1 | 2 | undefined }>(
  listener: Entry,
): Entry & { level: 1 | 2 } {
  return { ...listener, level: listener.level ?? (listener.accessMethod === 'internet' ? 2 : 1) };
}

/** Limits; the numbers ship with the product and each may be set in `gateway.yaml`. */
const limits = strict({
  maxFileBytes: z.int().min(1).max(1_000_000_000_000).default(10_000_000_000),
  quotaBytes: z.int().min(1).max(1_000_000_000_000_000).default(100_000_000_000),
  settleSecondsWebdav: seconds(0.1, 600).default(2),
  emptySettleSeconds: seconds(0.1, 3600).default(10),
  goWaitSeconds: seconds(0.1, 86_400).default(600),
  setWithoutGoMinutes: seconds(0.01, 100_000).default(1440),
  idleTimeoutSeconds: seconds(1, 86_400).default(600),
  headersTimeoutSeconds: seconds(0.1, 600).default(10),
  minBodyBytesPerSecond: z.int().min(1).max(1_000_000_000).default(1000),
  loginGraceSeconds: seconds(0.1, 600).default(20),
  loginTries: z.int().min(1).max(20).default(3),
  maxUnauthenticated: z.int().min(1).max(100_000).default(50),
  maxConnectionsPerPrincipal: z.int().min(1).max(100_000).default(20),
  maxConnectionsPerPartner: z.int().min(1).max(100_000).default(200),
  penaltyFromFailures: z.int().min(1).max(1_000_000).default(4),
  penaltySeconds: seconds(0.1, 3600).default(15),
  maxPenaltySeconds: seconds(0.1, 86_400).default(600),
  maxRefusedPerNotification: z.int().min(1).max(1_000_000).default(100_000),
  maxLockSeconds: seconds(1, 86_400).default(3600),
  maxLocksPerPrincipal: z.int().min(1).max(100_000).default(1000),
  partialUploadHours: z.number().min(0.0001).max(8760).default(72),
  maxPartialUploadsPerPrincipal: z.int().min(1).max(100_000).default(100),
  workingFileHours: z.number().min(0.0001).max(8760).default(72),
  stepUpHours: z.number().min(0.0001).max(24).default(4),
  simulationBytesPerHour: z.int().positive().default(200_000_000),
  receiptReadBytes: z.int().min(1).max(1_000_000_000).default(8_388_608),
  maxDryRunBytes: z.int().min(1).max(1_000_000_000_000).default(100_000_000),
}).prefault({});

/** When the hub is warned of one partner. */
const alarms = strict({
  unknownPersonsPerHour: z.int().min(1).max(1_000_000_000).default(100),
  unknownPersonsPerDay: z.int().min(1).max(1_000_000_000).default(500),
}).prefault({});

/** How long what has ended is remembered. */
const retention = strict({ endedQuestionsDays: z.number().min(0.0001).max(36_500).default(400) }).prefault({});

/** Who may certify SSH keys, and keys and certificates that nobody may use any more. */
const ssh = strict({
  certificateAuthorities: z
    .array(
      strict({
        publicKeyFile: filePath,
        krlFile: filePath.optional(),
        partners: z
          .union([z.literal('all'), listOf(partnerId, 1)], { error: 'all, or a list of partners' })
          .default('all'),
      }),
    )
    .default([]),
  revokedKeysFile: filePath.optional(),
}).prefault({});

const bannerText = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .regex(/^(?:\P{Cc}|\n)+$/u, { error: 'holds a control character' });

const bannerTexts = strict({
  nl: bannerText.optional(),
  fr: bannerText.optional(),
  de: bannerText.optional(),
  en: bannerText.optional(),
});

/** What clients of SFTP are told before they log in: the gateway's own words, nothing, or these, by language. */
const sftp = strict({
  banner: z
    .union([z.literal('default'), z.literal('none'), bannerTexts], {
      error: 'default, none, or sentences by language (nl, fr, de, en)',
    })
    .default('default'),
}).prefault({});

/** `gateway.yaml` */
export const gatewaySchema = strict({
  demo: z.boolean(),
  languages: listOf(z.enum(['nl', 'fr', 'de', 'en']), 1).default(['nl', 'fr', 'de', 'en']),
  listeners: z.array(z.discriminatedUnion('protocol', [httpsListener, sftpListener]).transform(withLevel)).min(1),
  health: strict({ host: host.default('127.0.0.1'), port: port.default(9464) }).prefault({}),
  pki: pkiSchema,
  signatures: signaturesSchema,
  ssh,
  data: strict({ directory: filePath.default('../var') }).prefault({}),
  dropFolder: strict({ enabled: z.boolean().default(false), sweepSeconds: seconds(0.1, 3600).default(5) }).prefault({}),
  limits,
  alarms,
  retention,
  sftp,
  /** All processes together: one that owns what they share, and the others that serve connections. */
  processes: z.int().min(1).max(64).default(1),
  /** Who helps a visitor of whom nobody can tell to which partner he belongs. */
  contact: strict({ name: line(), email, telephone }).optional(),
  /** The version of the rules for users that is asked for today; who accepted another one stays out. */
  userRegulation: strict({ version: word.default('1') }).prefault({}),
  /** The partner whose persons may hold roles at the hub. */
  hub: partnerId.optional(),
});

/** `sectors.yaml` */
export const sectorsSchema = strict({
  sectors: z
    .array(
      strict({
        number: z.int().min(0).max(999),
        name: line(),
        managingInstitution: partnerId.optional(),
        anonymousMembers: z.boolean().default(false),
      }),
    )
    .min(1),
});

/** `availability.yaml` */
export const availabilitySchema = strict({ availability: z.array(strict({ datum: word, source: partnerId })) });

const rights = z.enum(['list', 'read', 'create', 'overwrite', 'delete', 'move', 'makeFolder', 'view']);

/** To a partner, or one account of it; to whoever holds a role at the hub; or to a group. Exactly one, as the references say. */
const grant = strict({
  partner: partnerId.optional(),
  account: line(31).optional(),
  role: role.optional(),
  group: word.optional(),
  rights: z.union([z.literal('all'), listOf(rights, 1)], {
    error: 'all, or a list of: list, read, create, overwrite, delete, move, makeFolder, view',
  }),
  authorization: line(61).optional(),
  reason: line().optional(),
  until: date.optional(),
});

/** `folders.yaml`; that a path lies in `/SHARED` is checked with the other references. */
export const foldersSchema = strict({
  /** Groups of persons, as in `clerks: [anna@ksz]`, that grants may name. */
  groups: z.record(word, listOf(accountName)).optional(),
  folders: z.array(
    strict({
      path: parsed((text) => (text.startsWith('/') ? text : undefined), 'is not a path', 'write it as in /SHARED/work'),
      content: z.enum(['non-personal', 'reviewed', 'personal']),
      approver: line().optional(),
      level: level.default(1),
      quotaBytes: z.int().min(1).max(1_000_000_000_000_000).optional(),
      maxFileBytes: z.int().min(1).max(1_000_000_000_000).optional(),
      grants: z.array(grant).min(1),
    }),
  ),
});

export type GatewayFile = z.infer<typeof gatewaySchema>;
export type SectorsFile = z.infer<typeof sectorsSchema>;
export type AvailabilityFile = z.infer<typeof availabilitySchema>;
export type FoldersFile = z.infer<typeof foldersSchema>;
export { accessMethod, filePath, level };

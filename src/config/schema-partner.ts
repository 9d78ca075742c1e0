import { z } from 'zod';
import { accessMethod, filePath } from './schema.ts';
import { exceptionSchema } from './schema-exception.ts';
import { outputFormat } from './schema-format.ts';
import {
  accountId,
  accountName,
  address,
  date,
  email,
  flowCode,
  institution,
  kbo,
  line,
  listOf,
  matching,
  parsed,
  partnerId,
  role,
  sha256,
  strict,
  telephone,
  word,
} from './schema-values.ts';

const fingerprintRule = strict({ kind: z.literal('fingerprint'), sha256 });
const eidRule = strict({
  kind: z.literal('eid'),
  nationalNumber: matching(/^\d{11}$/, 'is not a national number', 'write its eleven digits between quotes'),
});
const subjectRule = strict({
  kind: z.literal('subject'),
  issuerKeyId: parsed(
    (text) => (/^([0-9a-fA-F]{2}){8,32}$/.test(text) ? text.toLowerCase() : undefined),
    'is not a key identifier',
    'write the SubjectKeyIdentifier of the issuer as hexadecimal digits, without colons',
  ).optional(),
  email: email.optional(),
  serialNumber: line(64).optional(),
});
const machineRule = strict({ kind: z.literal('machine'), kbo, commonName: line(64) });

/** A public key by file, or written out as OpenSSH does. */
const sshKey = strict({ file: filePath.optional(), key: line(20_000).optional() });

/** What an account can prove beside its certificate or key; `sluis person second-factor` makes the files. */
const secondFactor = strict({
  totp: strict({ secretFile: filePath }).optional(),
  password: strict({ hashFile: filePath }).optional(),
});

const common = {
  id: accountId,
  flows: z.union([z.literal('all'), listOf(flowCode, 1)], { error: 'all, or a list of flow codes' }).default('all'),
  sshKeys: z.array(sshKey).default([]),
  /** Kept out: by its own institution, or by the hub, which alone lets it in again. */
  disabled: z.union([z.boolean(), z.literal('hub')], { error: 'true, false, or hub' }).default(false),
  secondFactor: secondFactor.optional(),
};

const person = strict({
  ...common,
  name: line(),
  /** The act by which the leading official designated this person. */
  designation: strict({ act: line(), from: date, until: date.optional() }),
  /** `not-accepted` keeps the person out. */
  userRegulation: z.union([z.literal('not-accepted'), strict({ version: word, accepted: date })], {
    error: 'not-accepted, or version and accepted',
  }),
  /** The same natural person, whom another partner designated before: `anna@rva`. Keys and certificates stand there. */
  samePersonAs: accountName.optional(),
  roles: listOf(role).default([]),
  certificates: z.array(z.discriminatedUnion('kind', [fingerprintRule, eidRule, subjectRule])).default([]),
});

const machine = strict({
  ...common,
  purpose: line(),
  certificates: z.array(z.discriminatedUnion('kind', [fingerprintRule, subjectRule, machineRule])).default([]),
});

const official = strict({ name: line(), email });

const localAdministrator = strict({
  name: line(),
  email,
  /** Withdrawn: from that day on it is none, whatever its end. */
  mandate: strict({ from: date, until: date.optional(), withdrawn: date.optional() }),
});

const senderNumber = matching(
  /^(?!000000|999999)\d{6}$/,
  'is not a sender number',
  'write six digits between quotes, from "000001" to "999998"; 999999 is the hub',
);

const slices = z.int().min(1).max(1_000_000);

/** `partners/<id>.yaml` */
export const partnerSchema = strict({
  id: partnerId,
  name: line(),
  institution,
  kbo,
  network: z.enum(['primary', 'secondary', 'extension']),
  purposes: listOf(word, 1).optional(),
  disabled: z.boolean().default(false),
  layout: z.enum(['by-flow', 'flat']).default('by-flow'),
  answerFormat: z.enum(['rsz-xml', 'json']).default('json'),
  language: z.enum(['nl', 'fr', 'de', 'en']),
  senderNumbers: listOf(senderNumber),
  sends: listOf(flowCode).default([]),
  receives: listOf(flowCode).default([]),
  /** What may lie in its intake folders together, and the largest file there; else the limits of `gateway.yaml`. */
  quotaBytes: z.int().min(1).max(1_000_000_000_000_000).optional(),
  maxFileBytes: z.int().min(1).max(1_000_000_000_000).optional(),
  /** Slices of 128 kbit/s over all its connections; a direction that is left out is not held back. */
  bandwidth: strict({ inSlices: slices.optional(), outSlices: slices.optional() }).optional(),
  /** By flow: the format and version in which its deliveries come, where that is not the sender's, and how they are packed. */
  outputs: z
    .record(
      flowCode,
      strict({
        format: outputFormat.optional(),
        packaging: z.enum(['gzip', 'zip']).optional(),
        version: word.optional(),
      }),
    )
    .default({}),
  /** `shared`: others come from there too, and only certificate and key tell who it is. */
  accessMethods: z.array(strict({ method: accessMethod, address, shared: z.boolean().default(false) })).min(1),
  exceptions: z.array(exceptionSchema).default([]),
  officials: strict({
    leadingOfficial: official,
    ciso: official,
    dpo: official,
    localAdministrators: z.array(localAdministrator).min(1),
  }),
  helpdesk: strict({ name: line(), email, telephone }),
  persons: z.array(person).default([]),
  machines: z.array(machine).default([]),
  /** Free notes about the contract; kept with the generation and never read. */
  contract: z.record(z.string(), z.unknown()).default({}),
});

export type PartnerFile = z.infer<typeof partnerSchema>;

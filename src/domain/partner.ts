import type { InternetException } from './exception.ts';
import type { OutputFormat, Packaging } from './format.ts';
import type { IsoDate } from './period.ts';
import type { AccessMethod, PartnerId, Role } from './principal.ts';

/** Sector and institution type, as in "25/0". */
export type Institution = { readonly sector: number; readonly type: number };

/** `25/0` */
export function institutionName(institution: Institution): string {
  return `${institution.sector}/${institution.type}`;
}

/** A rule that maps a certificate to one principal. Source: docs/domain.md §4. */
export type CertificateRule =
  | { readonly kind: 'fingerprint'; readonly sha256: string }
  | { readonly kind: 'eid'; readonly nationalNumber: string }
  /** `issuerKeyId`: hex SubjectKeyIdentifier of the issuing CA, or undefined for any trusted issuer of the listener. */
  | {
      readonly kind: 'subject';
      readonly issuerKeyId?: string | undefined;
      readonly email?: string | undefined;
      readonly serialNumber?: string | undefined;
    }
  | { readonly kind: 'machine'; readonly kbo: string; readonly commonName: string };

/** An SSH public key as OpenSSH writes it: algorithm name and base64 blob. */
export type SshKey = { readonly algorithm: string; readonly blob: string };

/** Secrets are named by file, relative to the configuration folder, and read when they are needed. */
export type SecondFactor = {
  readonly totp?: { readonly secretFile: string } | undefined;
  readonly password?: { readonly hashFile: string } | undefined;
};

export type Account = {
  readonly kind: 'person' | 'machine';
  readonly id: string;
  readonly roles: readonly Role[];
  /** The flows this account works with; `all` is every flow of the partner. */
  readonly flows: 'all' | readonly string[];
  readonly certificates: readonly CertificateRule[];
  readonly sshKeys: readonly SshKey[];
  /** Designation of a person: first and last day; machines have none. */
  readonly from?: IsoDate | undefined;
  readonly until?: IsoDate | undefined;
  /** Of a person: the act that designates him, and which rules for users he accepted when. */
  readonly designatedBy?: string | undefined;
  readonly accepted?: { readonly version: string; readonly accepted: IsoDate } | undefined;
  /** Not in force: switched off, or its person has not accepted the rules for users that are in force. */
  readonly disabled: boolean;
  /** Which of the two, where it is the rules. */
  readonly regulation?: 'not-accepted' | 'other-version' | undefined;
  /** The same natural person, designated by another partner before; the proofs of that account are this one's too. */
  readonly samePersonAs?: { readonly partner: PartnerId; readonly id: string } | undefined;
  /** What it can prove beside its certificate or key. */
  readonly secondFactor?: SecondFactor | undefined;
};

/** The languages every sentence for partners exists in. */
export type Language = 'nl' | 'fr' | 'de' | 'en';

export type AnswerFormat = 'rsz-xml' | 'json';

/** `secondary`: reached through the institution that manages its sector; `extension`: for listed purposes only. */
export type Network = 'primary' | 'secondary' | 'extension';

/** As a partner sees it: to the gateway, and from it. */
export type Direction = 'in' | 'out';

/** What its contract gives a partner over all its connections; a direction that is not here is not held back. */
export type Bandwidth = { readonly inSlices?: number | undefined; readonly outSlices?: number | undefined };

/** One slice is 128 kbit/s. */
const SLICE_BYTES_PER_SECOND = 16_000;

/** Undefined where nothing holds it back. */
export function bytesPerSecond(bandwidth: Bandwidth | undefined, direction: Direction): number | undefined {
  const slices = direction === 'in' ? bandwidth?.inSlices : bandwidth?.outSlices;
  return slices === undefined ? undefined : slices * SLICE_BYTES_PER_SECOND;
}

/** An institution as connected to the gateway. */
export type Partner = {
  readonly id: PartnerId;
  readonly name: string;
  readonly institution: Institution;
  readonly kbo: string;
  readonly network: Network;
  /** Of an institution of the extension: the purposes it is connected for, and no other. */
  readonly purposes?: readonly string[] | undefined;
  readonly disabled: boolean;
  readonly layout: 'by-flow' | 'flat';
  readonly answerFormat: AnswerFormat;
  readonly language: Language;
  readonly senderNumbers: readonly string[];
  /** Flows this partner hands in, and flows whose deliveries it receives. */
  readonly sends: readonly string[];
  readonly receives: readonly string[];
  /** By flow: the format in which it wants the deliveries; what is not here comes as the sender gave it. */
  readonly outputs: Readonly<Record<string, OutputFormat>>;
  /** By flow: how the file of a delivery is packed; what is not here comes as it is. */
  readonly packaging: Readonly<Record<string, Packaging>>;
  /** By flow: the version of the layout in which it wants them; what is not here comes in the one its sender used. */
  readonly outputVersions?: Readonly<Record<string, string>> | undefined;
  readonly accessMethods: readonly { readonly method: AccessMethod; readonly address: string }[];
  /** By which its persons come in over the internet. */
  readonly exceptions?: readonly InternetException[] | undefined;
  readonly accounts: readonly Account[];
  readonly bandwidth?: Bandwidth | undefined;
  /** Bytes that may lie in its intake folders together, and the largest file there. */
  readonly quotaBytes?: number | undefined;
  readonly maxFileBytes?: number | undefined;
  readonly helpdesk: { readonly name: string; readonly email: string; readonly telephone: string };
  /** The configuration file it stands in, for rule references. */
  readonly source: string;
};

export type Sector = {
  readonly number: number;
  readonly name: string;
  readonly managingInstitution?: PartnerId | undefined;
  readonly anonymousMembers: boolean;
};

/** The format in which a partner wants the deliveries of a flow; undefined where it takes them as the sender gives them. */
export function outputFor(partner: Partner, flow: string): OutputFormat | undefined {
  return Object.hasOwn(partner.outputs, flow) ? partner.outputs[flow] : undefined;
}

/** How a partner wants the deliveries of a flow packed; undefined where it takes them as they are. */
export function packagingFor(partner: Partner, flow: string): Packaging | undefined {
  return Object.hasOwn(partner.packaging, flow) ? partner.packaging[flow] : undefined;
}

/** The version of the layout in which a partner wants a flow; undefined where it takes the one its sender used. */
export function outputVersionFor({ outputVersions = {} }: Partner, flow: string): string | undefined {
  return Object.hasOwn(outputVersions, flow) ? outputVersions[flow] : undefined;
}

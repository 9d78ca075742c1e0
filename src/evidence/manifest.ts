import type { Environment } from '../domain/flow.ts';
import type { Packaging } from '../domain/format.ts';
import { type Institution, institutionName } from '../domain/partner.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Ticket } from '../domain/submission.ts';

/** One side of a delivery. For a member of a secondary network that must not be told: its managing institution. */
export type ManifestParty = { readonly partner: PartnerId; readonly institution: Institution };

/** What accompanies a delivery, so that its receiver can check what it got and by what right. */
export type ManifestFacts = {
  readonly flow: string;
  readonly layoutVersion: string;
  /** Gap-free per flow, environment and receiver, from 1. */
  readonly sequence: number;
  readonly ticket: Ticket;
  readonly sender: ManifestParty;
  readonly receiver: ManifestParty;
  readonly environment: Environment;
  /** The name of the delivered file. */
  readonly file: string;
  readonly records: number;
  readonly size: number;
  readonly sha256: string;
  /** What is inside, where the file is packed. */
  readonly unpacked?: ManifestContent | undefined;
  readonly authorizations: readonly { readonly id: string; readonly version: number }[];
  readonly generation: string;
};

export type ManifestContent = {
  readonly packaging: Packaging;
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
};

/** docs/schemas/manifest.schema.json */
export function manifestJson(facts: ManifestFacts): string {
  const manifest = {
    kind: 'manifest',
    version: 1,
    flow: facts.flow,
    layoutVersion: facts.layoutVersion,
    sequence: facts.sequence,
    ticket: facts.ticket,
    sender: party(facts.sender),
    receiver: party(facts.receiver),
    environment: facts.environment,
    file: facts.file,
    records: facts.records,
    size: facts.size,
    sha256: facts.sha256,
    ...(facts.unpacked === undefined ? {} : { unpacked: facts.unpacked }),
    authorizations: facts.authorizations.map(({ id, version }) => ({ id, version })),
    generation: facts.generation,
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** `{ institution: "25/0", partner: "ksz" }` */
function party({ institution, partner }: ManifestParty): { readonly institution: string; readonly partner: string } {
  return { institution: institutionName(institution), partner };
}

import { createHash } from 'node:crypto';
import type { Authorization, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { SshTrust } from '../domain/ssh-trust.ts';
import { canonicalJson } from './canonical-json.ts';
import { fieldOf } from './flow-fields.ts';
import { foldersOf } from './folders-of.ts';
import type { KeyRing } from './keys.ts';
import { type ConfigFiles, known } from './parse.ts';
import { partnersOf } from './partner-of.ts';
import type { ReadFile } from './read-file.ts';
import type { AvailabilityFile, FoldersFile, GatewayFile, SectorsFile } from './schema.ts';
import type { AuthorizationFile, FlowFile } from './schema-flow.ts';

/** Files that are all there; each was understood and none contradicts another. */
export type SoundFiles = ConfigFiles & {
  readonly gateway: ReadFile<GatewayFile>;
  readonly sectors: ReadFile<SectorsFile>;
  readonly folders: ReadFile<FoldersFile>;
  readonly availability: ReadFile<AvailabilityFile>;
};

/**
 * Makes the generation of sound files and the keys they name.
 * @param own digests of the gateway's own keys and certificates, by name
 */
export function buildGeneration(
  files: SoundFiles,
  ring: KeyRing,
  ssh: SshTrust,
  own: Readonly<Record<string, string>> | undefined,
): Generation {
  return {
    id: digestOf(files, ring, own),
    partners: partnersOf(known(files.partners), ring, files.gateway.value.userRegulation.version),
    sectors: files.sectors.value.sectors,
    flows: known(files.flows).map(flowOf),
    authorizations: known(files.authorizations).map(authorizationOf),
    folders: foldersOf(files),
    availability: files.availability.value.availability,
    limits: files.gateway.value.limits,
    alarms: files.gateway.value.alarms,
    retention: files.gateway.value.retention,
    ssh,
    hub: files.gateway.value.hub,
  };
}

/** SHA-256 over what the files mean, not how they are written, and over the keys. */
function digestOf(files: SoundFiles, ring: KeyRing, own: Readonly<Record<string, string>> | undefined): string {
  const all = [
    files.gateway,
    files.sectors,
    files.folders,
    files.availability,
    ...known(files.partners),
    ...known(files.flows),
    ...known(files.authorizations),
  ];
  const content = {
    files: Object.fromEntries(all.map((file): [string, unknown] => [file.places.file, file.value])),
    keys: Object.fromEntries(ring.keys),
    own,
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function flowOf({ places, value }: ReadFile<FlowFile>): Flow {
  return {
    ...value,
    layouts: value.layouts.map((layout) => ({ ...layout, fields: layout.fields.map(fieldOf) })),
    blocks: Object.entries(value.blocks).map(([name, fields]) => ({ name, fields })),
    source: places.file,
  };
}

function authorizationOf({ places, value }: ReadFile<AuthorizationFile>): Authorization {
  const receivers = value.receivers.map(({ line, ...receiver }) =>
    line === 'none' ? { ...receiver, line } : receiver,
  );
  return { ...value, receivers, source: places.file };
}

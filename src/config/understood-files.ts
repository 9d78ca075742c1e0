import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Problem } from './problems.ts';
import { type ReadFile, readWithSchema } from './read-file.ts';
import {
  type AvailabilityFile,
  availabilitySchema,
  type FoldersFile,
  foldersSchema,
  type GatewayFile,
  gatewaySchema,
  type SectorsFile,
  sectorsSchema,
} from './schema.ts';
import { type AuthorizationFile, authorizationSchema, type FlowFile, flowSchema } from './schema-flow.ts';
import { type PartnerFile, partnerSchema } from './schema-partner.ts';
import { placesLater, readYaml } from './yaml-file.ts';

/** A file as far as it could be understood, and what is wrong with it. */
export type Understood<T> = { readonly file: ReadFile<T> | undefined; readonly problems: readonly Problem[] };

/**
 * What files said that were read before, so that one whose text did not change is not understood again: a start reads its folder
 * three times, by turns with what was in force before, and a change touches one file of many. Holds what the last two readings used
 * and this one uses; nothing that had problems.
 */
export class UnderstoodFiles {
  readonly gateway = new SoundValues<GatewayFile>(gatewaySchema);
  readonly sectors = new SoundValues<SectorsFile>(sectorsSchema);
  readonly folders = new SoundValues<FoldersFile>(foldersSchema);
  readonly availability = new SoundValues<AvailabilityFile>(availabilitySchema);
  readonly partners = new SoundValues<PartnerFile>(partnerSchema);
  readonly flows = new SoundValues<FlowFile>(flowSchema);
  readonly authorizations = new SoundValues<AuthorizationFile>(authorizationSchema);

  /** Another reading of a folder begins: what the one before the last used is forgotten. */
  begin(): void {
    const { gateway, sectors, folders, availability, partners, flows, authorizations } = this;
    for (const values of [gateway, sectors, folders, availability, partners, flows, authorizations]) values.begin();
  }
}

/** Values of files of one kind, by name and digest of the text. */
class SoundValues<T> {
  readonly #schema: z.ZodType<T>;
  #now = new Map<string, T>();
  /** Of the two readings before. */
  #before: readonly ReadonlyMap<string, T>[] = [];

  constructor(schema: z.ZodType<T>) {
    this.#schema = schema;
  }

  begin(): void {
    this.#before = [this.#now, ...this.#before.slice(0, 1)];
    this.#now = new Map();
  }

  /** Never throws. */
  read(file: string, text: string): Understood<T> {
    const key = `${file} ${createHash('sha256').update(text).digest('base64')}`;
    const known = this.#before.find((values) => values.has(key))?.get(key);
    const understood = known === undefined ? this.#understand(file, text) : again(file, text, known);
    if (understood.file !== undefined && understood.problems.length === 0) this.#now.set(key, understood.file.value);
    return understood;
  }

  #understand(file: string, text: string): Understood<T> {
    const yaml = readYaml(file, text);
    return 'problems' in yaml ? { file: undefined, ...yaml } : readWithSchema(yaml.file, this.#schema);
  }
}

function again<T>(file: string, text: string, value: T): Understood<T> {
  return { file: { places: placesLater(file, text), value, whole: true }, problems: [] };
}

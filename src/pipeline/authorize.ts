import type { Dossier, Person } from '../directory/directory.ts';
import type { Authorization } from '../domain/flow.ts';
import type { Institution, Sector } from '../domain/partner.ts';
import { covers, dateOf, includesDay, type Period } from '../domain/period.ts';
import { PERSON_UNKNOWN } from '../formats/field-types.ts';
import type { RecordFault } from '../formats/record-format.ts';
import type { BatchTask } from './batch.ts';

/** The sender may not send this to anyone. Source: docs/domain.md "Which case gets which code". */
export const NOT_AUTHORIZED = '300010';
export const NO_LINE_OF_SENDER = '300020';
export const LINE_OF_SENDER_TOO_NARROW = '300030';

/**
 * The acts this batch may rely on: of its flow, sender, environment and one of the flow's purposes, in force on the day of
 * receipt. Of several versions of one act in force the newest counts. By id.
 */
export function actsInForce(task: BatchTask): readonly Authorization[] {
  const day = dateOf(task.receivedAt);
  const newest = new Map<string, Authorization>();
  for (const act of task.authorizations) {
    if (act.flow !== task.flow.code || !isSame(act.sender, task.sender.institution)) continue;
    if (!act.environments.includes(task.environment) || !task.flow.purposes.includes(act.purpose)) continue;
    if (!includesDay({ begin: act.from, end: act.until }, day)) continue;
    if ((newest.get(act.id)?.version ?? 0) < act.version) newest.set(act.id, act);
  }
  return [...newest.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/**
 * The institution whose lines tell who is known there. Lines of a sector with anonymous members stop at its managing
 * institution, type 0.
 */
export function lineHolder(institution: Institution, sectors: readonly Sector[]): Institution {
  const isAnonymous = sectors.some((sector) => sector.number === institution.sector && sector.anonymousMembers);
  return isAnonymous ? { sector: institution.sector, type: 0 } : institution;
}

export function isSame(one: Institution, other: Institution): boolean {
  return one.sector === other.sector && one.type === other.type;
}

/** What is asked of the sender, for every record of one batch. The first refusal wins. */
export class SenderCheck {
  readonly #isAuthorized: boolean;
  readonly #needsLine: boolean;
  readonly #holder: Institution;
  readonly #field: string;

  /** @param field the field of the person, which a refusal names */
  constructor(task: BatchTask, acts: readonly Authorization[], field: string) {
    this.#isAuthorized = acts.length > 0;
    this.#needsLine = task.flow.senderLine === 'required';
    this.#holder = lineHolder(task.sender.institution, task.sectors);
    this.#field = field;
  }

  /** @param person what the directory knows; undefined where it knows nothing */
  refusal(person: Person | undefined, period: Period): RecordFault | undefined {
    if (!this.#isAuthorized) return this.#fault(NOT_AUTHORIZED);
    if (this.#needsLine) {
      const lines = person?.dossiers.filter((dossier) => isSame(dossier.institution, this.#holder)) ?? [];
      if (lines.length === 0) return this.#fault(NO_LINE_OF_SENDER);
      if (!lines.some((dossier) => covers(dossier.period, period))) return this.#fault(LINE_OF_SENDER_TOO_NARROW);
    }
    return person === undefined ? this.#fault(PERSON_UNKNOWN) : undefined;
  }

  #fault(code: string): RecordFault {
    return { field: this.#field, code, severity: 'fatal' };
  }
}

/** The first line of an institution with an allowed quality that covers the period, in the order of the directory. */
export function coveringDossier(
  dossiers: readonly Dossier[],
  holder: Institution,
  qualities: ReadonlySet<string>,
  period: Period,
): Dossier | undefined {
  return dossiers.find(
    (dossier) =>
      isSame(dossier.institution, holder) && qualities.has(dossier.quality) && covers(dossier.period, period),
  );
}

import type { Dossier, Person } from '../directory/directory.ts';
import type { Authorization, Flow } from '../domain/flow.ts';
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
 * The acts this batch may rely on: in force on the day of receipt, of its flow, sender and environment, for one of the
 * flow's purposes and, where the sender is of the extension, one of its own. Of several versions of one act in force only
 * the newest counts, also for what it no longer allows. By id.
 */
export function actsInForce(task: BatchTask): readonly Authorization[] {
  const day = dateOf(task.receivedAt);
  const newest = new Map<string, Authorization>();
  for (const act of task.authorizations) {
    if (!includesDay({ begin: act.from, end: act.until }, day)) continue;
    if ((newest.get(act.id)?.version ?? 0) < act.version) newest.set(act.id, act);
  }
  return [...newest.values()].filter((act) => isOf(task, act)).sort((one, other) => (one.id < other.id ? -1 : 1));
}

function isOf({ flow, sender, environment }: BatchTask, act: Authorization): boolean {
  if (act.flow !== flow.code || !isSame(act.sender, sender.institution)) return false;
  return act.environments.includes(environment) && flow.purposes.includes(act.purpose) && serves(sender, act);
}

/** Whether an act is for a purpose that a partner of the extension is connected for; of others none is asked. */
export function serves(partner: { readonly purposes?: readonly string[] | undefined }, act: Authorization): boolean {
  return partner.purposes === undefined || partner.purposes.includes(act.purpose);
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

/** Whether the sender itself knows the person as its flow asks; for every record of one batch. */
export class SenderCheck {
  readonly #senderLine: Flow['senderLine'];
  readonly #holder: Institution;
  readonly #field: string;

  /** @param field the field of the person, which a refusal names */
  constructor(task: BatchTask, field: string) {
    this.#senderLine = task.flow.senderLine;
    this.#holder = lineHolder(task.sender.institution, task.sectors);
    this.#field = field;
  }

  /** @param person what the directory knows; undefined where it knows nothing, which only a record that makes a line may be about */
  refusal(person: Person | undefined, period: Period): RecordFault | undefined {
    if (this.#senderLine === 'creates') return undefined;
    if (this.#senderLine === 'required') {
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

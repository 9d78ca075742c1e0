import type { Person } from '../directory/directory.ts';
import { dayNumber } from '../directory/pack.ts';
import type { Institution } from '../domain/partner.ts';
import type { Period } from '../domain/period.ts';
import type { RegistrationAction } from '../domain/registration.ts';
import { DATE_OR_PERIOD, isPresent, PERSON_UNKNOWN } from '../formats/field-types.ts';
import { STRUCTURE } from '../formats/record-format.ts';
import { isSame, NO_LINE_OF_SENDER, NOT_AUTHORIZED } from './authorize.ts';
import { addressReader } from './kind-message.ts';
import { ALREADY_THERE } from './kind-request.ts';
import type { KindDecision, KindParts, KindRules } from './kinds.ts';
import type { CheckedRecord } from './record-rules.ts';
import type { RegistrationOutcome } from './registrations.ts';

/** 999 stands for a replaced number, which is no quality of a line. */
const REPLACED_QUALITY = '999';

const CODES = { double: ALREADY_THERE, 'no-line': NO_LINE_OF_SENDER } as const satisfies Record<
  Exclude<RegistrationOutcome, 'done'>,
  string
>;

/**
 * An integration registers or ends a line of the reference directory, for an institution and in a quality that an act lets
 * its sender speak for. Nobody gets the record.
 */
export class Integrations implements KindRules {
  readonly #parts: KindParts;
  readonly #institutionOf: (record: CheckedRecord) => Institution | undefined;
  readonly #positions: Readonly<Record<'action' | 'quality' | 'phase', number>>;

  constructor(parts: KindParts) {
    const { task, layout } = parts;
    const { roles, fields } = layout;
    const position = (name: string | undefined) => fields.findIndex((field) => field.name === name);
    this.#parts = parts;
    const isNamed = roles.receiver !== undefined || roles.receiverSector !== undefined;
    const read = addressReader(task, layout);
    this.#institutionOf = ({ values }) => (isNamed ? read(values) : task.sender.institution);
    this.#positions = {
      action: position(roles.action),
      quality: position(roles.quality),
      phase: position(roles.phase),
    };
  }

  decide(record: CheckedRecord, person: Person): KindDecision {
    const { layout, directory, registrations } = this.#parts;
    const { roles } = layout;
    const institution = this.#institutionOf(record);
    const quality = this.#value(record, 'quality');
    if (institution === undefined || !this.#mayRegister(institution, quality)) {
      return refused(roles.receiver ?? roles.receiverSector ?? roles.quality, NOT_AUTHORIZED);
    }
    if (directory.lookup(record.person) === undefined) return refused(roles.person, PERSON_UNKNOWN);
    const { period } = record;
    if (!hasRoom(period) || quality === REPLACED_QUALITY) return refused(roles.periodBegin, DATE_OR_PERIOD);
    const line = {
      record: record.number,
      institution,
      quality,
      phase: Number(this.#value(record, 'phase') || 0),
      period,
    };
    const action: RegistrationAction = this.#value(record, 'action') === 'REGISTER' ? 'REGISTER' : 'UNREGISTER';
    if (action === 'UNREGISTER' && period.end === undefined) return refused(roles.periodEnd, STRUCTURE);
    const outcome =
      action === 'REGISTER'
        ? registrations.register(person, line)
        : registrations.end(person, { ...line, period: { begin: period.begin, end: period.end } });
    return outcome === 'done' ? { accepted: true, routes: [] } : refused(roles.person, CODES[outcome]);
  }

  /** An act names the institutions its sender registers for, and the qualities. No act names an anonymous member. */
  #mayRegister(institution: Institution, quality: string): boolean {
    const { acts, task } = this.#parts;
    const sector = task.sectors.find(({ number }) => number === institution.sector);
    if (sector?.anonymousMembers === true && institution.type !== 0) return false;
    return acts.some(({ receivers }) =>
      receivers.some((one) => isSame(one.institution, institution) && one.qualities.includes(quality)),
    );
  }

  #value({ values }: CheckedRecord, role: 'action' | 'quality' | 'phase'): string {
    const value = values[this.#positions[role]];
    return isPresent(value) ? value : '';
  }
}

/** Whether the directory has room for these days. */
function hasRoom({ begin, end }: Period): boolean {
  return dayNumber(begin) !== undefined && (end === undefined || dayNumber(end) !== undefined);
}

function refused(field: string | undefined, code: string): KindDecision {
  return { accepted: false, fault: { field: field ?? '', code, severity: 'fatal' } };
}

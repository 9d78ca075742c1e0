import type { Person } from '../directory/directory.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import type { Institution } from '../domain/partner.ts';
import { isPresent } from '../formats/field-types.ts';
import type { Value } from '../formats/record-format.ts';
import { NOT_AUTHORIZED } from './authorize.ts';
import type { BatchTask } from './batch.ts';
import type { KindDecision, KindParts, KindRules } from './kinds.ts';
import type { CheckedRecord } from './record-rules.ts';
import type { Router } from './route.ts';

/** The receiver a record names has no line for this person. Source: docs/domain.md "Which case gets which code". */
export const NO_LINE_OF_RECEIVER = 'MSG00012';

/** Whom a record is for; undefined where nobody is named by what stands there. */
export type AddressReader = (values: readonly Value[]) => Institution | undefined;

/**
 * The fields that name the receiver of a message. Nobody is told what stood in them: it may be a member of a sector
 * whose membership is sensitive, named although nobody may.
 */
export function addressFields({ roles }: LayoutVersion): readonly string[] {
  const { receiver, receiverSector, receiverType, receiverKbo, receiverPartner } = roles;
  return [receiver, receiverSector, receiverType, receiverKbo, receiverPartner].filter((name) => name !== undefined);
}

/** A message goes to the receiver it names: first an act must allow that, then the receiver must know the person. */
export class Messages implements KindRules {
  readonly #router: Router;
  readonly #addressOf: AddressReader;
  readonly #field: string;

  constructor({ task, layout, router }: KindParts) {
    this.#router = router;
    this.#addressOf = addressReader(task, layout);
    this.#field = addressFields(layout)[0] ?? layout.roles.person;
  }

  decide(record: CheckedRecord, person: Person): KindDecision {
    const address = this.#addressOf(record.values);
    const found = address === undefined ? 'not-authorized' : this.#router.routeTo(address, person, record.period);
    if (found === 'not-authorized') return this.#refused(NOT_AUTHORIZED);
    if (found === 'no-line') return this.#refused(NO_LINE_OF_RECEIVER);
    return { accepted: true, routes: [found] };
  }

  #refused(code: string): KindDecision {
    return { accepted: false, fault: { field: this.#field, code, severity: 'fatal' } };
  }
}

export function addressReader(task: BatchTask, layout: LayoutVersion): AddressReader {
  const { receiver, receiverSector, receiverType, receiverKbo, receiverPartner } = layout.roles;
  const fixed = task.flow.receiver;
  if (fixed !== undefined) return () => fixed;
  const textOf = (field: string) => {
    const position = layout.fields.findIndex(({ name }) => name === field);
    return (values: readonly Value[]) => values[position];
  };
  if (receiver !== undefined) {
    const text = textOf(receiver);
    return (values) => institutionOf(text(values)?.split('/') ?? []);
  }
  if (receiverSector !== undefined && receiverType !== undefined) {
    const [sector, type] = [textOf(receiverSector), textOf(receiverType)];
    return (values) => institutionOf([sector(values), type(values)]);
  }
  const field = receiverKbo ?? receiverPartner;
  if (field === undefined) return () => undefined;
  const addressees = task.addressees ?? [];
  const byName = new Map(addressees.map((one) => [receiverKbo === undefined ? one.partner : one.kbo, one.institution]));
  const text = textOf(field);
  return (values) => byName.get(text(values) ?? '');
}

function institutionOf([sector, type]: readonly Value[]): Institution | undefined {
  if (!isPresent(sector) || !isPresent(type)) return undefined;
  return { sector: Number(sector), type: Number(type) };
}

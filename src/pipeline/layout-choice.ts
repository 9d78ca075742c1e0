import type { LayoutVersion } from '../domain/flow.ts';
import { type IsoDate, parseDate, quarterOf } from '../domain/period.ts';
import { isoOf } from '../formats/field-forms.ts';
import { isPresent } from '../formats/field-types.ts';
import type { ParsedRecord, Value } from '../formats/record-format.ts';

/** Whether a version of a layout is for records that speak of this day. */
export function isForDay({ referenceFrom, referenceUntil }: LayoutVersion, day: IsoDate): boolean {
  return (
    (referenceFrom === undefined || referenceFrom <= day) && (referenceUntil === undefined || day <= referenceUntil)
  );
}

/**
 * The version a file follows. Its header or form told one; where another in force has the same fields, the reference period of
 * the first record that can be read tells them apart.
 */
export function layoutByPeriod(
  told: LayoutVersion,
  inForce: readonly LayoutVersion[],
  records: readonly ParsedRecord[],
): LayoutVersion {
  const twins = inForce.filter((one) => one !== told && haveSameFields(one, told));
  if (twins.length === 0) return told;
  for (const { values } of records) {
    const day = firstDayOf(told, values);
    if (day !== undefined) return isForDay(told, day) ? told : (twins.find((one) => isForDay(one, day)) ?? told);
  }
  return told;
}

/** The first day a record speaks of, as its sender wrote it. */
export function firstDayOf({ fields, roles }: LayoutVersion, values: readonly Value[]): IsoDate | undefined {
  const position = fields.findIndex(({ name }) => name === roles.periodBegin);
  const type = fields[position]?.type;
  const value = values[position];
  if (!isPresent(value)) return undefined;
  if (type?.kind === 'quarter') return quarterOf(value)?.begin;
  return parseDate(type?.kind === 'date' && type.form === 'yyyyMMdd' ? isoOf(value) : value);
}

function haveSameFields(one: LayoutVersion, other: LayoutVersion): boolean {
  return placesOf(one) === placesOf(other);
}

function placesOf({ fields, roles }: LayoutVersion): string {
  return JSON.stringify([fields.map(({ name, columns }) => [name, columns]), roles.periodBegin]);
}

import type { Environment, LayoutVersion } from '../domain/flow.ts';
import { type FileHeader, type FixedWidthShape, type HeaderField, widthOf } from '../domain/format.ts';
import type { Institution } from '../domain/partner.ts';
import { type IsoDate, parseDate } from '../domain/period.ts';
import { columnsName, filledGap, gapsBetween } from './columns.ts';
import { isoOf, shortOf } from './field-forms.ts';
import {
  type FileError,
  type FileFacts,
  type HeaderValues,
  LAYOUT_INVALID,
  LAYOUT_UNKNOWN,
  WHOLE_FILE,
} from './record-format.ts';

// docs/domain.md "Which case gets which code"
const ENVIRONMENT_UNKNOWN = '117';
const SENDER_OF_OTHERS = '108';
const WRONG_FOLDER: Readonly<Record<Environment, string>> = { R: '118', T: '119', S: '257' };

/** What goes from the sender's header to the receivers' must be in every charset. */
const COPIED = /^[ -~]*$/;

export type ReadHeader = { readonly layout: LayoutVersion; readonly values: HeaderValues };

type Fault = { readonly code: string; readonly detail: string };

/** What a header says, compared with what is known of the file: the first thing that does not agree is its fault. */
export class HeaderReader {
  readonly #header: FileHeader;
  readonly #shape: FixedWidthShape;
  readonly #layouts: readonly LayoutVersion[];
  readonly #facts: FileFacts;

  constructor(header: FileHeader, shape: FixedWidthShape, layouts: readonly LayoutVersion[], facts: FileFacts) {
    this.#header = header;
    this.#shape = shape;
    this.#layouts = layouts;
    this.#facts = facts;
  }

  read(record: string): ReadHeader | FileError {
    const values = new Map<string, string>();
    let layout = this.#layouts[0];
    for (const field of this.#header.fields) {
      const text = record.slice(field.columns.first - 1, field.columns.last);
      if (field.is === 'version') layout = this.#layouts.find((one) => one.version === text.trim());
      const fault = this.#fault(field, text);
      if (fault !== undefined) return headerError(fault.code, `${field.name} ${fault.detail}`);
      values.set(field.name, text);
    }
    const { recordType, recordLength } = this.#shape;
    const taken = this.#header.fields.map((field) => field.columns);
    const gap = filledGap(record, gapsBetween(recordType === undefined ? taken : [...taken, recordType], recordLength));
    if (gap !== undefined) return headerError(LAYOUT_INVALID, columnsName(gap));
    return layout === undefined ? headerError(LAYOUT_UNKNOWN, '') : { layout, values };
  }

  #fault(field: HeaderField, text: string): Fault | undefined {
    const { environment, sender } = this.#facts;
    if (field.value !== undefined) return unless(text.trimEnd() === field.value, `≠ ${field.value}`);
    switch (field.is) {
      case undefined:
        return unless(COPIED.test(text), `A${text.length} ascii`);
      case 'version': {
        const versions = this.#layouts.map((one) => one.version);
        return unless(versions.includes(text.trim()), `≠ ${versions.join('|')}`, LAYOUT_UNKNOWN);
      }
      case 'environment':
        if (!isEnvironment(text)) return { code: ENVIRONMENT_UNKNOWN, detail: 'R|T|S' };
        return unless(text === environment, `${text} ≠ ${environment}`, WRONG_FOLDER[text]);
      case 'recordLength':
        return numberFault(field, text, this.#shape.recordLength, LAYOUT_INVALID);
      case 'senderSector':
        return numberFault(field, text, sender.sector, SENDER_OF_OTHERS);
      case 'senderType':
        return numberFault(field, text, sender.type, SENDER_OF_OTHERS);
      case 'receiverSector':
      case 'receiverType':
        return unless(/^\d+$/.test(text), `N${text.length}`);
      case 'lot':
        return unless(/^\d+$/.test(text) && Number(text) > 0, `N${text.length} > 0`);
      case 'date': {
        const day = parseDate(text.length === 'yyyyMMdd'.length ? isoOf(text) : text);
        return unless(day !== undefined, text.length === 'yyyyMMdd'.length ? 'YYYYMMDD' : 'YYYY-MM-DD');
      }
    }
  }
}

/** What a header is written from. */
export type HeaderFacts = {
  readonly layoutVersion: string;
  readonly environment: Environment;
  readonly sender: Institution;
  readonly receiver: Institution;
  readonly receivedOn: IsoDate;
  /** As the sender's file had it. */
  readonly header: HeaderValues;
};

/** The text of one field of a header; what neither the gateway nor the sender's header knows stays blank. */
export function headerText(
  { name, columns, is, value }: HeaderField,
  shape: FixedWidthShape,
  facts: HeaderFacts,
): string {
  const width = widthOf(columns);
  const number = (one: number) => String(one).padStart(width, '0');
  const known = facts.header.get(name);
  const copied = known?.length === width ? known : undefined;
  if (value !== undefined) return value.padEnd(width);
  switch (is) {
    case undefined:
      return copied ?? ' '.repeat(width);
    case 'version':
      return facts.layoutVersion.padEnd(width);
    case 'environment':
      return facts.environment.padEnd(width);
    case 'recordLength':
      return number(shape.recordLength);
    case 'senderSector':
      return number(facts.sender.sector);
    case 'senderType':
      return number(facts.sender.type);
    case 'receiverSector':
      return number(facts.receiver.sector);
    case 'receiverType':
      return number(facts.receiver.type);
    case 'lot':
      return copied ?? number(0);
    case 'date':
      return copied ?? (width === 'yyyyMMdd'.length ? shortOf(facts.receivedOn) : facts.receivedOn);
  }
}

function numberFault({ columns }: HeaderField, text: string, wanted: number, code: string): Fault | undefined {
  if (!/^\d+$/.test(text)) return { code: LAYOUT_INVALID, detail: `N${widthOf(columns)}` };
  return unless(Number(text) === wanted, `${Number(text)} ≠ ${wanted}`, code);
}

function unless(isRight: boolean, detail: string, code = LAYOUT_INVALID): Fault | undefined {
  return isRight ? undefined : { code, detail };
}

function isEnvironment(text: string): text is Environment {
  return text === 'R' || text === 'T' || text === 'S';
}

function headerError(code: string, detail: string): FileError {
  return { field: WHOLE_FILE, code, detail: `#1 ${detail}`.trimEnd() };
}

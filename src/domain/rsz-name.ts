import type { FindingCode } from './finding.ts';
import type { Environment } from './flow.ts';
import { dateOf, parseDate } from './period.ts';

/**
 * A file name of the RSZ batch channel, dot-separated: kind, content, sender number, creation date, serial, environment,
 * number of parts, part number (`FI.DMFA.123456.20240115.00001.R.1.1`); GO and TD carry only the number of parts.
 * Source: docs/domain.md §1.
 */
export type RszName = {
  readonly kind: 'FI' | 'FS' | 'GO' | 'TD';
  readonly content: string;
  readonly senderNumber: string;
  readonly date: string;
  readonly serial: string;
  readonly environment: string;
  /** Number of parts, from 1. */
  readonly count: number;
  /** Which of them, from 1; FI and FS alone say it. */
  readonly part?: number | undefined;
};

const KINDS = ['FI', 'FS', 'GO', 'TD'] as const;
/** Code of a name whose structure is wrong, by its kind. */
const STRUCTURE = { FI: '131', FS: '132', GO: '107', TD: '107' } as const;
const OLDEST_DAYS = 366;
const DAY_MS = 86_400_000;

/** Whether a name means to be one of the RSZ channel: a known prefix, or the shape with an unknown one. */
export function looksLikeRszName(name: string): boolean {
  return /^(FI|FS|GO|TD|FO)\./.test(name) || /^[A-Za-z]{2}\.[A-Za-z0-9]{4}\.\d{6}\.\d{8}\./.test(name);
}

/**
 * Splits a name. The code is 129 for a wrong prefix, 107, 131 or 132 for a wrong structure of GO (and TD), FI or FS, and 114,
 * 115 or 116 where it says what no set can have: then no other file of the set speaks for this one.
 */
export function splitRszName(name: string): { readonly name: RszName } | { readonly code: FindingCode } {
  const parts = name.split('.');
  const kind = KINDS.find((known) => known === parts[0]);
  if (kind === undefined) return { code: '129' };
  const [, content, senderNumber, date, serial, environment, count, part, ...rest] = parts;
  const wantsPart = kind === 'FI' || kind === 'FS';
  const whole =
    content !== undefined &&
    senderNumber !== undefined &&
    date !== undefined &&
    serial !== undefined &&
    environment !== undefined &&
    count !== undefined &&
    (part !== undefined) === wantsPart &&
    rest.length === 0 &&
    /^[A-Z0-9]{4}$/.test(content) &&
    /^\d{6}$/.test(senderNumber);
  if (!whole) return { code: STRUCTURE[kind] };
  if (!isPartNumber(count)) return { code: '114' };
  if (part !== undefined && !isPartNumber(part)) return { code: '115' };
  if (part !== undefined && Number(part) > Number(count)) return { code: '116' };
  const which = part === undefined ? {} : { part: Number(part) };
  return { name: { kind, content, senderNumber, date, serial, environment, count: Number(count), ...which } };
}

/** 1 to 99, written without zeros before it. */
function isPartNumber(digits: string): boolean {
  return /^[1-9]\d?$/.test(digits);
}

/** Codes of everything that is wrong inside a name whose structure is right. `now` in milliseconds. */
export function faultsOfRszName(name: RszName, now: number): readonly FindingCode[] {
  const codes: FindingCode[] = [];
  const date = faultOfDate(name.date, now);
  if (date !== undefined) codes.push(date);
  if (name.serial.length !== 5) codes.push('112');
  else if (!/^[0-9A-Z]{5}$/.test(name.serial)) codes.push('367');
  else if (name.serial === '00000') codes.push('127');
  if (!isEnvironment(name.environment)) codes.push('117');
  return codes;
}

export function isEnvironment(letter: string): letter is Environment {
  return letter === 'R' || letter === 'T' || letter === 'S';
}

/** The name of another file of the same set. */
export function siblingOf(name: RszName, kind: RszName['kind'], part = 1): string {
  const set = `${name.content}.${name.senderNumber}.${name.date}.${name.serial}.${name.environment}.${name.count}`;
  return kind === 'FI' || kind === 'FS' ? `${kind}.${set}.${part}` : `${kind}.${set}`;
}

function faultOfDate(digits: string, now: number): FindingCode | undefined {
  if (!/^\d{8}$/.test(digits)) return '109';
  const date = parseDate(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`);
  if (date === undefined) return '110';
  if (date > dateOf(now + DAY_MS)) return '111'; // a day of room: the sender's midnight comes before UTC's
  if (date < dateOf(now - OLDEST_DAYS * DAY_MS)) return '126';
  return undefined;
}

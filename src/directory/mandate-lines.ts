import { isKbo } from '../domain/kbo.ts';
import type { Mandate } from '../domain/mandate.ts';
import { parseDate } from '../domain/period.ts';

export const MANDATE_LINES_HEADER = 'holder;employer;flows;from;until';

const COLUMNS = 5;
const FLOWS = /^[A-Z][A-Z0-9]{3}(?: [A-Z][A-Z0-9]{3})*$/;

/**
 * Reads `holder;employer;flows;from;until`: two KBO numbers of ten digits, the codes of flows with a space between them, the
 * first and the last day; an empty end is open.
 * @returns the mandate, or every problem of the line
 */
export function parseMandateLine(text: string): Mandate | readonly string[] {
  const columns = text.split(';');
  if (columns.length !== COLUMNS) return [`${columns.length} columns instead of ${COLUMNS}`];
  const [holder = '', employer = '', flows = '', from = '', until = ''] = columns;
  const begin = parseDate(from);
  const end = until === '' ? undefined : parseDate(until);
  const problems: string[] = [];
  if (!isKbo(holder)) problems.push('holder is not a KBO number of ten digits');
  if (!isKbo(employer)) problems.push('employer is not a KBO number of ten digits');
  if (holder === employer) problems.push('an employer needs no mandate for itself');
  if (!FLOWS.test(flows)) problems.push('flows are codes of four characters with a space between them');
  if (begin === undefined) problems.push('from is a day YYYY-MM-DD');
  if (until !== '' && end === undefined) problems.push('until is a day YYYY-MM-DD, or empty where open');
  if (begin !== undefined && end !== undefined && end < begin) problems.push('until is before from');
  if (problems.length > 0 || !isKbo(holder) || !isKbo(employer) || begin === undefined) return problems;
  return { holder, employer, flows: flows.split(' '), period: { begin, end } };
}

import type { RefusedFilter, RefusedRecord, RefusedRecords } from './refused.ts';

const BYTE_ORDER_MARK = '\ufeff';
const PAGE = 5_000;
const COLUMNS = ['record', 'ticket', 'field', 'field_name', 'value', 'code', 'severity', 'text', 'remedy'] as const;
/** What a spreadsheet takes for a formula. https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r]/;

/** A table for spreadsheets, a line for each fault: RFC 4180 with semicolons, in UTF-8 with a byte order mark. */
export async function* refusedCsv(records: RefusedRecords, filter: RefusedFilter): AsyncGenerator<string> {
  yield `${BYTE_ORDER_MARK}${COLUMNS.join(';')}\r\n`;
  let cursor: string | undefined;
  do {
    const { items, next } = await records.page(filter, PAGE, cursor);
    yield items.flatMap(linesOf).join('');
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

function linesOf({ record, ticket, faults }: RefusedRecord): readonly string[] {
  return faults.map(({ field, fieldName, value, code, severity, text, remedy }) => {
    const cells = [`${record}`, ticket, field, fieldName, value ?? '', code, severity, text, remedy];
    return `${cells.map(cellOf).join(';')}\r\n`;
  });
}

/** An apostrophe makes a spreadsheet take it for text. */
function cellOf(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { DelimitedRows } from './delimited-rows.ts';
import { fixedWidthRows } from './fixed-width-rows.ts';
import { rowSums } from './fixed-width-sums.ts';
import { jsonCopies } from './json-copies.ts';
import { JsonRows } from './json-rows.ts';
import { outputFormat } from './open-format.ts';
import type { WrittenTotals } from './record-format.ts';
import { isAsciiText, type RowWriter } from './row-bytes.ts';
import { type RowPlan, rowColumns } from './row-columns.ts';
import { xmlCopies } from './xml-copies.ts';
import { XmlRows } from './xml-rows.ts';

/**
 * A writer of plain rows by their bytes, which writes what `recordWriter` of the same plan does.
 * @param totals of the writer of the same output: its trailer tells of both
 * @returns undefined where not every row can be written so for certain
 */
export function rowWriter(plan: RowPlan, totals: WrittenTotals | undefined): RowWriter | undefined {
  const columns = rowColumns(plan);
  if (columns === undefined || !plan.layout.fields.every(({ name }) => isAsciiText(name))) return undefined;
  const format = outputFormat(plan);
  switch (format.kind) {
    case 'delimited':
      return format.charset === 'cp500' ? undefined : new DelimitedRows(format, plan, columns);
    case 'fixed-width': {
      const sums = rowSums(format, plan, columns, totals);
      return sums === undefined ? undefined : fixedWidthRows(format, plan.flow, plan, columns, sums);
    }
    case 'xml': {
      if (!isAsciiText(format.record)) return undefined;
      return xmlCopies(plan.flow, format, plan, columns, new XmlRows(format, plan, columns));
    }
    case 'json-lines': {
      const rows = new JsonRows(plan, columns);
      return jsonCopies(plan.flow, plan, columns, rows);
    }
  }
}

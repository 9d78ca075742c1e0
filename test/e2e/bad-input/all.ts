import { ADRM_FILES } from './adrm-files.ts';
import { ADRM_LONG_LINE, ADRM_ROWS } from './adrm-records.ts';
import { ADRM_VALUES } from './adrm-values.ts';
import { BBOE_RECORDS, CHARSET_FILES } from './bbon-charsets.ts';
import { BBON_FILES } from './bbon-files.ts';
import { BBON_RECORDS } from './bbon-records.ts';
import type { FileCause, RecordTable } from './case.ts';
import { DIMN_FILES } from './dimn-files.ts';
import { DIMN_RECORDS } from './dimn-records.ts';
import { DIMN_SYNTAX } from './dimn-syntax.ts';
import { WAGX_DATES } from './wage-dates.ts';
import { WAGE_FILES, WAGE_RECORDS } from './wage-lines.ts';
import { WAGD_NUMBERS } from './wage-numbers.ts';
import { WLAT_LINES } from './wlat-lines.ts';
import { WLAT_FILES, WLAT_VALUES } from './wlat-values.ts';

/** Files that are refused as a whole. */
export const FILE_CAUSES: readonly FileCause[] = [
  ...ADRM_FILES,
  ...WLAT_FILES,
  ...DIMN_FILES,
  ...DIMN_SYNTAX,
  ...BBON_FILES,
  ...CHARSET_FILES,
  ...WAGE_FILES,
];

/** Records that are refused one by one. */
export const RECORD_TABLES: readonly RecordTable[] = [
  ADRM_ROWS,
  ADRM_VALUES,
  ADRM_LONG_LINE,
  WAGD_NUMBERS,
  WAGX_DATES,
  WLAT_LINES,
  WLAT_VALUES,
  DIMN_RECORDS,
  BBON_RECORDS,
  BBOE_RECORDS,
  WAGE_RECORDS,
];

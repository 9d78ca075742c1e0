import type { Cause } from './case.ts';
import { DAV_HEADERS } from './dav-headers.ts';
import { FILE_HEADERS } from './file-headers.ts';
import { FRAMING } from './framing.ts';
import { HEADERS } from './headers.ts';
import { LOCKS } from './locks.ts';
import { PARTS } from './parts.ts';
import { PATHS } from './paths.ts';
import { PROPERTIES } from './properties.ts';
import { REQUEST_LINE } from './request-line.ts';
import { XML } from './xml.ts';

/** The whole table, in the order in which it is sent. */
export const CAUSES: readonly Cause[] = [
  ...REQUEST_LINE,
  ...PATHS,
  ...HEADERS,
  ...FRAMING,
  ...FILE_HEADERS,
  ...DAV_HEADERS,
  ...XML,
  ...LOCKS,
  ...PROPERTIES,
  ...PARTS,
];

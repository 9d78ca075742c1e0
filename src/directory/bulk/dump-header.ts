import { closeSync, openSync, readSync } from 'node:fs';
import { DETAILED_HEADER, PERSON_LINES_HEADER } from '../person-lines.ts';

/** Whether a dump tells what lies beside its lines; undefined where its first line is none of a dump. */
export function isDetailedDump(file: string): boolean | undefined {
  const head = Buffer.alloc(DETAILED_HEADER.length + 2);
  const fd = openSync(file, 'r');
  try {
    const text = head.toString('utf8', 0, readSync(fd, head, 0, head.length, 0));
    const [line] = text.split(/\r?\n/);
    if (line === PERSON_LINES_HEADER) return false;
    return line === DETAILED_HEADER ? true : undefined;
  } finally {
    closeSync(fd);
  }
}

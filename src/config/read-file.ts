import type { z } from 'zod';
import type { Problem } from './problems.ts';
import { describe, type Fault } from './schema-problems.ts';
import type { Path, Places, YamlFile } from './yaml-file.ts';

/**
 * A file as its schema understands it. `whole` is false where something had to be left out; then what the file says is
 * still compared with other files, but nothing is called missing because of it.
 */
export type ReadFile<T> = { readonly places: Places; readonly value: T; readonly whole: boolean };

const MAX_ROUNDS = 50;

/**
 * Compares a file with its schema. Where it does not fit, the parts that do not are left out and the rest is kept, so
 * that faults against other files are told in the same run. The document is consumed.
 */
export function readWithSchema<T>(
  { places, document, value }: YamlFile,
  schema: z.ZodType<T>,
): { file: ReadFile<T> | undefined; problems: readonly Problem[] } {
  let result = schema.safeParse(value);
  if (result.success) return { file: { places, value: result.data, whole: true }, problems: [] };
  const faults = result.error.issues.flatMap((issue) => describe(issue, value, places));
  const problems = faults.map((fault) => fault.problem);
  const whole = faults.every((fault) => fault.unknownKey);
  let current = value;
  for (let round = 0; round < MAX_ROUNDS && !result.success; round++) {
    const spoiled = result.error.issues.flatMap((issue) => describe(issue, current, places));
    if (!leaveOut(document, spoiled)) return { file: undefined, problems };
    current = document.toJS();
    result = schema.safeParse(current);
  }
  if (!result.success) return { file: undefined, problems };
  return { file: { places, value: result.data, whole }, problems };
}

/** Removes what faults point at, last list items first so that the others keep their places. False: nothing could go. */
function leaveOut(document: YamlFile['document'], faults: readonly Fault[]): boolean {
  let removed = false;
  const paths = new Map(faults.map((fault) => [JSON.stringify(fault.remove), fault.remove]));
  for (const path of [...paths.values()].sort(laterFirst)) {
    if (path.length === 0) return false;
    try {
      removed = document.deleteIn(path) || removed;
    } catch {
      return false; // the path leads through an alias: leave the file out as a whole
    }
  }
  return removed;
}

function laterFirst(a: Path, b: Path): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return -1;
    if (part === other) continue;
    if (typeof part === 'number' && typeof other === 'number') return other - part;
    return String(part) < String(other) ? -1 : 1;
  }
  return a.length === b.length ? 0 : 1;
}

import type { z } from 'zod';
import type { Problem } from './problems.ts';
import { describe } from './schema-problems.ts';
import { SCHEMA_RUNS_ONCE, withStandIns } from './stand-ins.ts';
import type { Places, YamlFile } from './yaml-file.ts';

/**
 * A file as its schema understands it. Where `whole` is false, other values stand in for those that were refused: what
 * the rest says is still compared with other files, and no other file is blamed for what is missing here.
 */
export type ReadFile<T> = { readonly places: Places; readonly value: T; readonly whole: boolean };

/**
 * Compares a file with its schema. One that does not fit is still compared with the others as far as it can be, so that
 * all faults are told in one run. The document is consumed.
 */
export function readWithSchema<T>(
  { places, document, value }: YamlFile,
  schema: z.ZodType<T>,
): { file: ReadFile<T> | undefined; problems: readonly Problem[] } {
  const result = schema.safeParse(value, SCHEMA_RUNS_ONCE);
  if (result.success) return { file: { places, value: result.data, whole: true }, problems: [] };
  const faults = result.error.issues.flatMap((issue) => describe(issue, value, places));
  const whole = faults.every((fault) => fault.unknownKey);
  const partial = withStandIns(document, schema);
  return {
    file: partial === undefined ? undefined : { places, value: partial, whole },
    problems: faults.map((fault) => fault.problem),
  };
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const SCHEMAS = new URL('../../docs/schemas/', import.meta.url);

/** What a JSON answer may be, by the end of its name. */
export type AnswerKind = 'receipt' | 'notification' | 'manifest' | 'notice';

const ajv = new Ajv2020({ allErrors: true, strict: true });
const known = new Map<AnswerKind, Promise<ValidateFunction>>();

/** What is wrong with a JSON answer by the schema that partners are given; nothing where it is as it should be. */
export async function schemaProblems(kind: AnswerKind, value: unknown): Promise<readonly string[]> {
  const compiled = known.get(kind) ?? compile(kind);
  known.set(kind, compiled);
  const validate = await compiled;
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The kind of an answer by its name; undefined for deliveries, signatures and the layouts of the batch channel. */
export function answerKind(name: string): AnswerKind | undefined {
  return /\.(receipt|notification|manifest|notice)(\.\d+of\d+)?\.json$/.exec(name)?.[1] as AnswerKind | undefined;
}

async function compile(kind: AnswerKind): Promise<ValidateFunction> {
  const file = fileURLToPath(new URL(`${kind}.schema.json`, SCHEMAS));
  return ajv.compile(JSON.parse(await readFile(file, 'utf8')));
}

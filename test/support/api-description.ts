import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonAnswer } from './portal.ts';

type Json = { readonly [name: string]: unknown };

/** `docs/openapi.json`, and whether answers are what it promises. */
export class Description {
  readonly document: Json;
  readonly #ajv: Ajv2020;
  readonly #known = new Map<string, ValidateFunction>();

  constructor(document: Json) {
    this.document = document;
    this.#ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
    this.#ajv.addSchema(document, 'api');
  }

  static async shipped(): Promise<Description> {
    const file = join(import.meta.dirname, '../../docs/openapi.json');
    return new Description(JSON.parse(await readFile(file, 'utf8')) as Json);
  }

  /** Every operation: its method, its pattern and what stands there. */
  operations(): readonly { readonly method: string; readonly pattern: string; readonly operation: Json }[] {
    return Object.entries(inside(this.document, 'paths')).flatMap(([pattern, item]) =>
      Object.entries(item as Json).map(([method, operation]) => ({ method, pattern, operation: operation as Json })),
    );
  }

  /** @throws Error where an answer is none that the description has for this request */
  holds(method: string, path: string, { status, headers, json }: JsonAnswer): void {
    const type = String(headers['content-type'] ?? '');
    if (type === 'application/problem+json') {
      this.#check('api#/components/schemas/Problem', json, `${method} ${path}`);
      return;
    }
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
    const found = this.operations().find((one) => one.method === asked && fits(one.pattern, path));
    const responses = found && inside(found.operation, 'responses');
    const response = responses?.[String(status)] as Json | undefined;
    if (found === undefined || response === undefined) throw new Error(`${method} ${path}: ${status} is not described`);
    if (json === undefined) return;
    const pointer = ['paths', found.pattern, asked, 'responses', String(status), 'content', type, 'schema'];
    const reference = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
    this.#check(`api#/${reference.join('/')}`, json, `${method} ${path} ${status}`);
  }

  #check(reference: string, value: unknown, what: string): void {
    const validate = this.#known.get(reference) ?? this.#ajv.compile({ $ref: reference });
    this.#known.set(reference, validate);
    if (!validate(value)) throw new Error(`${what} is not as described: ${this.#ajv.errorsText(validate.errors)}`);
  }
}

/** The object that stands under a name. @throws Error where there is none */
export function inside(value: Json, name: string): Json {
  const inner = value[name];
  if (typeof inner !== 'object' || inner === null) throw new Error(`there is no ${name}`);
  return inner as Json;
}

function fits(pattern: string, path: string): boolean {
  const [wanted, parts] = [pattern.split('/'), path.split('/')];
  return wanted.length === parts.length && wanted.every((part, index) => part.startsWith('{') || part === parts[index]);
}

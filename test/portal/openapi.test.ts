import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { apiDescription } from '../../src/commands/describe-api.ts';
import { Description } from '../support/api-description.ts';

const FILE = join(import.meta.dirname, '../../docs/openapi.json');

test('docs/openapi.json is what `npm run docs:api` writes', async () => {
  expect(await readFile(FILE, 'utf8')).toBe(await apiDescription());
});

test('every reference of the description leads somewhere, and every schema is one', async () => {
  const { document } = await Description.shipped();
  const references = new Set<string>();
  const schemas: unknown[] = [];
  walk(document, (name, value) => {
    if (name === '$ref') references.add(String(value));
    if (name === 'schema') schemas.push(value);
  });
  const { components } = document as { components: { schemas: Record<string, unknown> } };
  const known = Object.keys(components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...references].filter((one) => !known.includes(one))).toEqual([]);
  expect(references.size).toBeGreaterThan(3);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of [...schemas, ...Object.values(components.schemas)]) {
    expect(ajv.validateSchema(schema as object), ajv.errorsText()).toBe(true);
  }
});

test('every operation has a name of its own, a parameter for each part of its path, and answers', async () => {
  const description = await Description.shipped();
  const names = description.operations().map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { method, pattern, operation } of description.operations()) {
    const parameters = (operation.parameters ?? []) as readonly { in: string; name: string }[];
    const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    expect(inPath, pattern).toEqual([...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    const guarded = parameters.some(({ name }) => name === 'X-Sluis-Request');
    expect(guarded, `${method} ${pattern}`).toBe(method !== 'get');
    expect(
      Object.keys(operation.responses as object).filter((status) => /^[23]/.test(status)),
      pattern,
    ).not.toEqual([]);
  }
});

function walk(value: unknown, see: (name: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    see(name, inner);
    walk(inner, see);
  }
}

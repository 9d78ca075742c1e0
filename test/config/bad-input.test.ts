import { expect, test } from 'vitest';
import { BAD_INPUT } from './bad-input/bad-input.ts';
import { ConfigCopy, load } from './config-copy.ts';

test('there are 120 causes and more, each once', () => {
  expect(new Set(BAD_INPUT.map(([cause]) => cause)).size).toBe(BAD_INPUT.length);
  expect(BAD_INPUT.length).toBeGreaterThanOrEqual(120);
});

test('the same configuration without a fault is accepted', async () => {
  await using copy = await ConfigCopy.make();
  expect(await load(copy)).toMatchObject({ ok: true });
});

test.each(BAD_INPUT)('%s', async (_cause, file, from, to, place, message, remedy) => {
  await using copy = await ConfigCopy.make();
  await copy.edit(file, from, to);
  const loaded = await load(copy);
  const told = (loaded.ok ? [] : loaded.problems).map((one) => {
    return { place: `${one.file}:${one.line}:${one.column}`, message: one.message, remedy: one.remedy };
  });
  expect(told).toContainEqual({ place, message, remedy });
});

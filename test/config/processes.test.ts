import { expect, test } from 'vitest';
import { ConfigCopy, load } from './config-copy.ts';

test.each([
  ['0', '"processes" is less than 1'],
  ['65', '"processes" is more than 64'],
  ['1.5', '"processes" is 1.5; expected is a whole number'],
  ['two', '"processes" is "two"; expected is a number'],
])('processes: %s is refused', async (value, message) => {
  await using copy = await ConfigCopy.make();
  await copy.edit('gateway.yaml', 'processes: 1', `processes: ${value}`);
  const loaded = await load(copy);
  expect(loaded.ok ? [] : loaded.problems.map((problem) => problem.message)).toEqual([message]);
});

test.each([
  ['processes: 1', 1],
  ['processes: 64', 64],
  ['', 1],
])('"%s" means %i', async (line, processes) => {
  await using copy = await ConfigCopy.make();
  await copy.edit('gateway.yaml', 'processes: 1', line);
  const loaded = await load(copy);
  expect(loaded).toMatchObject({ ok: true, settings: { processes } });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GenerationStore } from '../../src/config/generation-store.ts';
import { ConfigurationDesk, type DeskParts } from '../../src/gateway-config-desk.ts';
import { generation } from '../support/generation.ts';

const neverAsked = () => {
  throw new Error('no place is asked for');
};

test('a generation whose files are gone before they were kept is not begun with: no later start could read it', async () => {
  const data = await mkdtemp(join(tmpdir(), 'sluis-begun-'));
  const parts = {
    ...{ data, settings: { demo: false }, current: { value: generation() }, clock: { now: () => 0 } },
    audit: { record: async () => undefined },
  } as unknown as DeskParts;
  await expect(ConfigurationDesk.open(parts, undefined)).rejects.toThrow('changed while the gateway started');
  expect(await new GenerationStore(data).history()).toEqual([]);
  const source = {
    bundle: { files: new Map([['gateway.yaml', '']]), named: new Map() },
    shape: new Map(),
    at: neverAsked,
  };
  const { inForce } = await ConfigurationDesk.open(parts, source);
  await expect(new GenerationStore(data).get(inForce.tree)).resolves.toEqual(source.bundle);
  await rm(data, { recursive: true });
});

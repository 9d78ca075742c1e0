import { expect, test } from 'vitest';
import type { PartnerId, Principal } from '../../src/domain/principal.ts';
import { SimulationMeter } from '../../src/pipeline/simulation-meter.ts';
import { TrialGate, type TrialPass } from '../../src/submissions/trial-gate.ts';

const CLOCK = { now: () => 0, monotonic: () => 0 };

function who(name: string): Principal {
  const [id = '', partner = ''] = name.split('@');
  return { kind: 'person', id, partner: partner as PartnerId, roles: [] };
}

async function entered(gate: TrialGate, name: string, bytes?: number): Promise<TrialPass> {
  const pass = await gate.enter(who(name), bytes);
  if ('waitMs' in pass) throw new Error(`${name} waits ${pass.waitMs} ms`);
  return pass;
}

test('two of one account and four of one partner are in at once; who leaves twice makes room for one', async () => {
  const gate = new TrialGate(new SimulationMeter(CLOCK, () => 1_000));
  const first = await entered(gate, 'anna@ksz');
  await entered(gate, 'anna@ksz');
  expect(await gate.enter(who('anna@ksz'), undefined)).toEqual({ waitMs: 5_000 });
  await entered(gate, 'bram@ksz');
  await entered(gate, 'bram@ksz');
  expect(await gate.enter(who('cleo@ksz'), undefined)).toEqual({ waitMs: 5_000 });
  await entered(gate, 'anna@rjv');
  first.leave();
  first.leave();
  await entered(gate, 'cleo@ksz');
  expect(await gate.enter(who('dirk@ksz'), undefined)).toEqual({ waitMs: 5_000 });
});

test('known bytes count at once; who was refused for want of room pays nothing', async () => {
  const gate = new TrialGate(new SimulationMeter(CLOCK, () => 1_000));
  const passes = [await entered(gate, 'anna@ksz', 400), await entered(gate, 'anna@ksz', 500)];
  expect(await gate.enter(who('anna@ksz'), 500)).toEqual({ waitMs: 5_000 });
  for (const pass of passes) pass.leave();
  (await entered(gate, 'anna@ksz', 100)).leave();
  // Nothing is left; the first byte of a thousand in an hour takes 3.6 seconds.
  expect(await gate.enter(who('anna@ksz'), 1)).toEqual({ waitMs: 3_600 });
  expect(await gate.enter(who('anna@ksz'), undefined)).toEqual({ waitMs: 3_600 });
});

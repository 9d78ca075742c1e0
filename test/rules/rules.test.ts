import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Authorization } from '../../src/domain/flow.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import { decide, type Given } from '../support/reference/decide.ts';
import { type Made, RulesBench } from './bench.ts';
import { batchesOf, compareRules } from './campaign.ts';
import { differences } from './compare.ts';

/** The product against a reference of its rules that shares no code with it; `npm run compare:rules` does more of it. */

/** What has to come up often enough to have been compared at all. */
const RARE = [
  ...['000050 fatal', 'MSG00008 fatal', 'MSG00011 fatal', 'MSG00011 warning', 'MSG00005 fatal', 'MSG00006 information'],
  ...['300010 fatal', '300010 warning', '300020 fatal', '300030 fatal', '157 fatal', 'MSG00012 fatal'],
  ...[
    'file 088',
    'file 134',
    'file 312',
    'accepted',
    'refused',
    'without-receiver',
    'flow mutation',
    'flow message',
    'flow integration',
    '300040 fatal',
  ],
  ...['environment R', 'environment T', 'environment S', 'several receivers', 'acts that add up', 'a newer version'],
  ...["sender's line required", "sender's line creates", "sender's line none", 'held back', 'replaced number'],
  ...[
    'filtered blocks',
    'no quality',
    'a purpose of the extension',
    'a member through its manager',
    'a line that ended',
  ],
];

test('20,000 random records are decided as the reference decides them', { timeout: 60_000 }, async () => {
  const outcome = await compareRules({ records: 20_000, seed: 3000, stopsAtFirst: true, sizes: 'small' });
  expect(outcome.differences).toEqual([]);
  expect(RARE.filter((what) => (outcome.seen[what] ?? 0) === 0)).toEqual([]);
  expect(outcome.inLane).toBeGreaterThan(15);
  const inLane = ['delimited', 'fixed-width', 'json-lines', 'xml'].filter(
    (kind) => `records of ${kind} through the lane` in outcome.seen,
  );
  expect(inLane).toHaveLength(4);
  expect(outcome.batches - outcome.inLane).toBeGreaterThan(50);
});

describe('one change of what is known changes exactly the records and fields it should', () => {
  let bench: RulesBench;
  let known: readonly string[] | undefined;
  beforeAll(async () => {
    bench = await RulesBench.open();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  /** What the product makes of both, each as the reference has it, and the records that differ. */
  async function bothOf(before: Given, after: Given): Promise<readonly (readonly [unknown, unknown])[]> {
    const logs: Made['log'][] = [];
    for (const given of [before, after]) {
      if (given.lines !== known) await bench.know(given.lines, given.mandates);
      known = given.lines;
      const made = await bench.run(given);
      expect(differences(decide(given), made)).toEqual([]);
      logs.push(made.log);
    }
    const [one = [], other = []] = logs;
    return one.flatMap((entry, index) =>
      JSON.stringify(entry) === JSON.stringify(other[index]) ? [] : [[entry, other[index]] as const],
    );
  }

  /** Batches of the real environment without references, where each record stands for itself, and somebody gets something. */
  function givens(): readonly Given[] {
    return [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008]
      .flatMap((seed) => batchesOf(seed, 'small'))
      .filter(({ task }) => task.environment === 'R')
      .filter(({ task }) => task.flow.layouts.every(({ roles }) => roles.reference === undefined))
      .filter((given) => decide(given).verdicts.some(({ routes }) => routes.length > 0))
      .slice(0, 6);
  }

  const withAct = (given: Given, id: string, change: (act: Authorization) => Authorization): Given => ({
    ...given,
    task: {
      ...given.task,
      authorizations: given.task.authorizations.map((act) => (act.id === id ? change(act) : act)),
    },
  });
  /** The first act by which anything was delivered, and its receivers' lines. */
  function used(given: Given) {
    const { verdicts } = decide(given);
    const verdict = verdicts.find(({ routes }) => routes.some(({ line }) => line !== undefined));
    const route = verdict?.routes.find(({ line }) => line !== undefined);
    const act = route?.acts[0] ?? verdicts.flatMap(({ routes }) => routes)[0]?.acts[0];
    return { act, verdict, route };
  }

  test('one dossier: records about its person alone', async () => {
    let changed = 0;
    for (const given of givens()) {
      const { verdict, route } = used(given);
      if (verdict === undefined || route?.line === undefined) continue;
      const holder = verdict.replacedBy ?? verdict.insz ?? '';
      const { sector, type, quality, begin } = route.line;
      const gone = `${holder};${sector};${type};${quality};0;${begin};`;
      const lines = given.lines.filter((line) => !line.startsWith(gone));
      expect(lines).toHaveLength(given.lines.length - 1);
      const differing = await bothOf(given, { ...given, lines });
      const numbers = new Set([
        holder,
        ...given.lines.filter((line) => line.endsWith(holder)).map((line) => line.slice(0, 11)),
      ]);
      for (const [entry] of differing) {
        const { insz, replacedBy } = entry as Made['log'][number];
        expect(numbers.has(insz ?? '') || replacedBy === holder).toBe(true);
      }
      changed += differing.length;
    }
    expect(changed).toBeGreaterThan(10);
  });

  test('one date of an act: records that had it alone', async () => {
    let changed = 0;
    for (const given of givens()) {
      const { act } = used(given);
      if (act === undefined) continue;
      const ended = withAct(given, act.id, (one) => (one === act ? { ...one, until: '2026-01-19' as IsoDate } : one));
      const differing = await bothOf(given, ended);
      const hadIt = (entry: unknown) => JSON.stringify(entry).includes(`"id":"${act.id}","version":${act.version}}`);
      // Of an act that ended an older version may be in force: then others have it now.
      for (const [before, after] of differing) {
        expect(
          hadIt(before) || JSON.stringify(after).includes(`"id":"${act.id}"`) || isRefusal(before) || isRefusal(after),
        ).toBe(true);
      }
      changed += differing.length;
    }
    expect(changed).toBeGreaterThan(10);
  });

  test('one block: the same records to the same receivers, without that block alone', async () => {
    let changed = 0;
    for (const given of givens()) {
      const { act } = used(given);
      const block = act?.receivers.flatMap(({ blocks }) => blocks).find((name) => name !== 'key');
      if (act === undefined || block === undefined) continue;
      const without = (one: Authorization): Authorization => ({
        ...one,
        receivers: one.receivers.map((entry) => ({ ...entry, blocks: entry.blocks.filter((name) => name !== block) })),
      });
      const differing = await bothOf(
        given,
        withAct(given, act.id, (one) => (one === act ? without(one) : one)),
      );
      for (const [before, after] of differing) expect(withoutBlock(before, block)).toEqual(withoutBlock(after, block));
      changed += differing.length;
    }
    expect(changed).toBeGreaterThan(10);
  });
});

function isRefusal(entry: unknown): boolean {
  return (entry as Made['log'][number]).outcome === 'refused';
}

function withoutBlock(entry: unknown, block: string): unknown {
  const one = entry as Made['log'][number];
  const receivers = one.receivers.map((receiver) => ({
    ...receiver,
    filtered: receiver.filtered.filter((name) => name !== block),
  }));
  return { ...one, receivers };
}

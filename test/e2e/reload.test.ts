import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { adrm, answeredWhole, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { editConfig, takeUp } from '../support/reload.ts';
import { hasTool } from '../support/tools.ts';

const AUTHORIZATION = 'authorizations/adrm-ksz-rjv.yaml';
/** A change must be in force within this. */
const SOON_MS = 10_000;
let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open();
});
afterAll(() => place.close());

async function send(name: string) {
  await handIn(place, KSZ_R, { [name]: adrm(goodRow(1)) });
  const { notification } = await answeredWhole(place, KSZ_R, name);
  const codes = notification.refused.flatMap((entry) => entry.faults.map(({ code }) => code));
  return { generation: notification.generation, state: notification.state, codes };
}

async function problemsInMetrics(): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${place.gateway.health}/metrics`)).text();
  return Number(/^sluis_configuration_problems (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
}

describe.skipIf(!hasTool('openssl'))('a running gateway', () => {
  test('takes up an end of an authorization within seconds, as a new generation, and its outcome changes', async () => {
    const before = await send('ADRM before.csv');
    expect(before).toMatchObject({ state: 'accepted', codes: [] });
    const began = performance.now();
    const generation = await takeUp(place.gateway, AUTHORIZATION, (text) =>
      text.replace(/^from: 2020-01-01$/m, 'from: 2020-01-01\nuntil: 2025-12-31'),
    );
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    expect(generation).not.toBe(before.generation);
    expect(await send('ADRM after.csv')).toEqual({ generation, state: 'rejected', codes: ['300010'] });
    const back = await takeUp(place.gateway, AUTHORIZATION, (text) => text.replace('\nuntil: 2025-12-31', ''));
    expect(back).toBe(before.generation); // the same content is the same generation
    expect(await send('ADRM back.csv')).toEqual(before);
  });

  test('keeps the old generation in force where a file is broken, and says so in log and metrics', async () => {
    const before = await send('ADRM sound.csv');
    const lines = (await place.audit.all({ kind: 'generation' })).length;
    for (const [what, wrong] of [
      ['is no YAML', (text: string) => text.replace('flow: ADRM', 'flow: [ADRM')],
      ['has a key nobody knows', (text: string) => `${text}colour: blue\n`],
      ['names a flow that does not exist', (text: string) => text.replace('flow: ADRM', 'flow: NONE')],
    ] as const) {
      const file = join(place.gateway.config, AUTHORIZATION);
      const sound = await readFile(file, 'utf8');
      const known = place.gateway.log.length;
      await editConfig(place.gateway, AUTHORIZATION, wrong);
      const line = await eventually(`a line that ${AUTHORIZATION} ${what}`, () =>
        place.gateway.log.slice(known).find((entry) => entry.includes('the old generation stays in force')),
      );
      expect(line).toContain(AUTHORIZATION);
      expect(await problemsInMetrics()).toBeGreaterThan(0);
      expect(await send(`ADRM ${what}.csv`)).toEqual(before);
      await editConfig(place.gateway, AUTHORIZATION, () => sound);
      await eventually('no problems', async () => ((await problemsInMetrics()) === 0 ? true : undefined));
    }
    const after = (await place.audit.all({ kind: 'generation' })).slice(lines);
    expect(after.every(({ fields }) => fields.to === before.generation)).toBe(true);
    expect(await send('ADRM sound again.csv')).toEqual(before);
  });

  test('cuts and refuses within ten seconds who is no longer designated, and lets him in again after', async () => {
    const anna = await WebdavClient.open(place.gateway, 'anna@ksz');
    expect((await anna.ask('GET', '/IN/')).status).toBe(200);
    await takeUp(place.gateway, 'partners/ksz.yaml', (text) =>
      text.replace(/(id: anna[\s\S]*?from: 2020-01-01\n)/, '$1      until: 2025-12-31\n'),
    );
    const refused = await eventually(
      'a refusal',
      async () => {
        const status = await anna.ask('GET', '/IN/').then(
          (answer) => answer.status,
          () => undefined,
        );
        return status === 403 ? status : undefined;
      },
      SOON_MS,
    );
    expect(refused).toBe(403);
    await place.audit.line({
      kind: 'login',
      outcome: 'refused',
      fields: { principal: 'anna@ksz', reason: 'not-designated' },
    });
    const bram = await WebdavClient.open(place.gateway, 'bram@ksz');
    expect((await bram.ask('GET', '/IN/')).status).toBe(200);
    await takeUp(place.gateway, 'partners/ksz.yaml', (text) => text.replace('      until: 2025-12-31\n', ''));
    // The connection that was refused may still stand for a moment.
    await eventually(
      'anna is in again',
      async () => ((await anna.ask('GET', '/IN/')).status === 200 ? true : undefined),
      SOON_MS,
    );
    anna.close();
    bram.close();
  });
});

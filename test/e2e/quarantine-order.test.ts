import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { REACHED } from '../support/crash-at.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { makeFolder, removeFolder, startIn } from '../support/gateway.ts';
import { takeUp } from '../support/reload.ts';
import { quickSettling } from '../support/settle.ts';

const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const AFTER_RECEIPT = 'receive.after-receipt-commit';
const DAMAGED = adrm(...[1, 2, 3, 4, 5].map(goodRow));

let folder = '';
let place: ExchangePlace | undefined;

afterEach(async () => {
  await place?.close();
  await removeFolder({ folder });
});

/** A gateway that finds the content of a file damaged when it comes to its records. */
async function withQuarantined(afterQuarantine: 'hold' | 'overtake'): Promise<ExchangePlace> {
  // While files may be held up, none is answered in the commit of its receipt: the records of this one come after it.
  const flow = (text: string) => text.replace(/^order: .*$/m, '$&\nafterQuarantine: hold');
  folder = await makeFolder({ 'gateway.yaml': quickSettling, 'flows/ADRM.yaml': flow });
  const gateway = await startIn(folder, {
    nodeOptions: ['--import', CRASH_AT],
    environment: { SLUIS_TEST_CRASH_AT: AFTER_RECEIPT },
  });
  await handIn(ExchangePlace.of(gateway), KSZ_R, { 'ADRM_damaged.csv': DAMAGED }).catch(() => undefined);
  expect(await gateway.ended).toBe('SIGKILL');
  expect(gateway.log).toContain(`${REACHED}${AFTER_RECEIPT}`);
  const ledger = new DatabaseSync(join(folder, 'var/ledger.sqlite'));
  const damage = ledger.prepare('UPDATE content SET bytes = substr(bytes, 1, 500) WHERE size = ?').run(DAMAGED.length);
  ledger.close();
  expect(damage.changes).toBe(1);
  const file = join(folder, 'config/flows/ADRM.yaml');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('afterQuarantine: hold', `afterQuarantine: ${afterQuarantine}`),
  );
  const opened = ExchangePlace.of(await startIn(folder));
  place = opened;
  await opened.audit.line({ kind: 'quarantine', fields: { flow: 'ADRM' } });
  return opened;
}

/** Hands in a good file and waits for its receipt. */
async function behind(at: ExchangePlace, name: string): Promise<{ readonly answered: () => Promise<boolean> }> {
  const mailbox = await handIn(at, KSZ_R, { [name]: adrm(goodRow(9)) });
  const { ticket } = await mailbox.receipt(name);
  return { answered: async () => (await mailbox.list()).includes(`${name}.${ticket}.notification.json`) };
}

describe('a quarantined file', () => {
  test('is overtaken by those behind it where the flow says so', async () => {
    const at = await withQuarantined('overtake');
    const next = await behind(at, 'ADRM_next.csv');
    await eventually('the next file to be answered', async () => ((await next.answered()) ? true : undefined));
  });

  test('holds up those behind it where the flow says so, until that is changed; their receipts do not wait', async () => {
    const at = await withQuarantined('hold');
    const [next, last] = [await behind(at, 'ADRM_next.csv'), await behind(at, 'ADRM_last.csv')];
    // Files of other flows go on: RVA hands in behind them.
    const rva = { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' };
    const other = await handIn(at, rva, { 'WLAT_bad.jsonl': '{"seq":1}\n' });
    await other.xml('NOTI', 'WLAT_bad.jsonl');
    expect([await next.answered(), await last.answered()]).toEqual([false, false]);
    await takeUp(at.gateway, 'flows/ADRM.yaml', (text) =>
      text.replace('afterQuarantine: hold', 'afterQuarantine: overtake'),
    );
    for (const one of [next, last]) {
      await eventually('a held file to be answered', async () => ((await one.answered()) ? true : undefined));
    }
    const deliveries = await at.audit.all({ kind: 'delivery', fields: { flow: 'ADRM' } });
    expect(deliveries.map(({ fields }) => fields.sequence)).toEqual([1, 2]);
  });
});

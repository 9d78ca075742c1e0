import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PartnerId } from '../../src/domain/principal.ts';
import { newTicket } from '../../src/domain/submission.ts';
import { remembering } from '../../src/pipeline/remembering.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { MOST_REFERENCES } from '../../src/storage/original-commands.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';

const OF = { flow: 'WLAT', environment: 'R', partner: 'rva' as PartnerId } as const;
const TICKET = newTicket(Date.UTC(2026, 10, 29), 1);

async function newLedger(): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-remembering-'));
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.sqlite'), onBroken: () => undefined });
  onTestFinished(async () => {
    await ledger.close();
    await rm(folder, { recursive: true });
  });
  return ledger;
}

/** A batch of so many records, whose references begin with a letter. */
function batch(letter: string, count: number): Parameters<typeof remembering>[0] {
  const names = Array.from({ length: count }, (_, index) => `${letter}${index}`);
  const originals = Array.from({ length: Math.ceil(count / MOST_REFERENCES) }, (_, index) => {
    const some = names.slice(index * MOST_REFERENCES, (index + 1) * MOST_REFERENCES);
    return { receivers: ['kbf'], references: JSON.stringify(some), count: some.length };
  });
  const { environment, partner, flow: code } = OF;
  return { submission: { ticket: TICKET, environment, partner }, flow: { code }, result: { originals } };
}

const known = async (ledger: Ledger, ...references: string[]) =>
  [...(await ledger.read({ kind: 'originals', ...OF, references })).keys()].sort();

test('a small batch remembers in the commit that closes it', async () => {
  const ledger = await newLedger();
  const commands = await remembering(batch('s', MOST_REFERENCES), ledger);
  expect(await known(ledger, 's0')).toEqual([]);
  await ledger.commit(commands);
  expect(await known(ledger, 's0', `s${MOST_REFERENCES - 1}`, `s${MOST_REFERENCES}`)).toEqual(['s0', 's1999']);
  expect(await remembering(batch('n', 0), ledger)).toEqual([]);
});

test('a large batch remembers before it in short commits that count from it on, and others come between them', async () => {
  const ledger = await newLedger();
  const order: string[] = [];
  const preparing = remembering(batch('l', 40_000), ledger).then((commands) => {
    order.push('prepared');
    return commands;
  });
  for (let index = 0; index < 3; index += 1) {
    await ledger.commit([{ kind: 'increment', counter: 'other' }]).then(() => order.push('other'));
  }
  const commands = await preparing;
  expect(order).toEqual(['other', 'other', 'other', 'prepared']);
  expect(await known(ledger, 'l0', 'l39999')).toEqual([]);
  await ledger.commit(commands);
  expect(await known(ledger, 'l0', 'l39999', 'l40000')).toEqual(['l0', 'l39999']);
});

test('what an earlier try put down is gone before the next one begins, and never counts', async () => {
  const ledger = await newLedger();
  await remembering(batch('first', 5000), ledger);
  const [left] = await ledger.read({ kind: 'leftStages', ticket: TICKET });
  const commands = await remembering(batch('second', 5000), ledger);
  const stages = await ledger.read({ kind: 'leftStages', ticket: TICKET });
  expect([stages.length, stages.includes(left ?? -1)]).toEqual([1, false]);
  await ledger.commit(commands);
  expect(await known(ledger, 'first0', 'first4999', 'second0', 'second4999')).toEqual(['second0', 'second4999']);
  expect(await ledger.read({ kind: 'leftStages', ticket: TICKET })).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { content, move, newLedger, type OpenLedger, path, publish, remove, submission } from './ledger-fixture.ts';

function keep(contentId: string, text: string): LedgerCommand {
  return { kind: 'keepContent', content: content(contentId), bytes: new TextEncoder().encode(text) };
}

function drop(...contentIds: readonly string[]): LedgerCommand {
  return { kind: 'dropContents', contentIds };
}

async function kept(ledger: Ledger, ...contentIds: readonly string[]): Promise<Record<string, string>> {
  const found = await ledger.read({ kind: 'contents', contentIds });
  return Object.fromEntries([...found].map(([id, bytes]) => [id, new TextDecoder().decode(bytes)]));
}

/** What every ledger promises of small contents. */
export function contentsContract(open: OpenLedger): void {
  describe('a content in the ledger', () => {
    test('comes with the commit that names it, or not at all', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([keep('c1', 'one'), publish('/a/one', 'c1')]);
      await expect(
        ledger.commit([keep('c2', 'two'), publish('/a/two', 'c2'), remove('/absent')]),
      ).rejects.toMatchObject({ code: 'not-found' });
      expect(await kept(ledger, 'c1', 'c2', 'c3')).toEqual({ c1: 'one' });
    });

    test('stays what it is: an id names the same bytes for ever', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([keep('c1', 'first')]);
      await ledger.commit([keep('c1', 'other')]);
      expect(await kept(ledger, 'c1')).toEqual({ c1: 'first' });
    });

    test.each([0, 1, 4096, 65_536])('gives back %i bytes as they were', async (size) => {
      const { ledger } = await newLedger(open);
      const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
      await ledger.commit([{ kind: 'keepContent', content: content('c'), bytes }]);
      expect((await ledger.read({ kind: 'contents', contentIds: ['c'] })).get('c')).toEqual(bytes);
    });

    test('is dropped only where no name, no submission and no upload in parts needs it', async () => {
      const { ledger } = await newLedger(open);
      const ids = ['named', 'handed-in', 'in-parts', 'free'];
      const handedIn = submission('0000000000001');
      const [file] = handedIn.files;
      await ledger.commit([
        ...ids.map((id) => keep(id, id)),
        publish('/a/b', 'named'),
        {
          kind: 'insertSubmission',
          submission: { ...handedIn, files: file ? [{ ...file, contentId: 'handed-in' }] : [] },
        },
        { kind: 'beginPartial', principal: 'p', path: path('/p'), contentId: 'in-parts', total: 9, maxOfPrincipal: 9 },
      ]);
      await ledger.commit([drop(...ids, 'absent')]);
      expect(Object.keys(await kept(ledger, ...ids)).sort()).toEqual(['handed-in', 'in-parts', 'named']);
      await ledger.commit([move('/a/b', '/a/c'), drop('named')]);
      expect(await kept(ledger, 'named')).toEqual({ named: 'named' });
      await ledger.commit([remove('/a/c'), drop('named')]);
      expect(await kept(ledger, 'named')).toEqual({});
    });

    test('is listed with the others in pages, with the time it was kept', async () => {
      const { ledger, clock } = await newLedger(open);
      const from = clock.at;
      for (const id of ['b', 'a', 'c']) {
        await ledger.commit([keep(id, id)]);
        clock.at += 10;
      }
      const first = await ledger.read({ kind: 'keptContents', after: 0, limit: 2 });
      const rest = await ledger.read({ kind: 'keptContents', after: first.at(-1)?.position ?? 0, limit: 2 });
      expect([...first, ...rest].map(({ contentId, keptAt }) => [contentId, keptAt - from])).toEqual([
        ['b', 0],
        ['a', 10],
        ['c', 20],
      ]);
      expect(await ledger.read({ kind: 'keptContents', after: rest.at(-1)?.position ?? 0, limit: 2 })).toEqual([]);
    });
  });
}

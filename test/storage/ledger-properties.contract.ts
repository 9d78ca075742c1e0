import { describe, expect, test } from 'vitest';
import type { DeadProperty, LedgerCommand, PropertyChange } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { copy, folder, move, newLedger, type OpenLedger, path, publish, remove } from './ledger-fixture.ts';

function property(name: string, text: string, namespace = 'urn:x'): DeadProperty {
  return { namespace, name, xml: `<${name}>${text}</${name}>` };
}

function set(name: string, text: string, namespace?: string): PropertyChange {
  return { kind: 'set', property: property(name, text, namespace) };
}

function drop(name: string, namespace = 'urn:x'): PropertyChange {
  return { kind: 'remove', property: { namespace, name } };
}

function patch(raw: string, changes: readonly PropertyChange[], maxBytes = 1000): LedgerCommand {
  return { kind: 'patchProperties', path: path(raw), changes, maxBytes };
}

async function propertiesOf(ledger: Ledger, raw: string): Promise<readonly string[] | undefined> {
  const entry = await ledger.read({ kind: 'entry', path: path(raw) });
  return entry?.properties?.map(({ namespace, xml }) => `${namespace} ${xml}`);
}

/** What every ledger promises of properties that clients store. */
export function propertiesContract(open: OpenLedger): void {
  describe('stored properties', () => {
    test('are set, replaced in their place and removed in the order of the steps, and the version stays', async () => {
      const { ledger } = await newLedger(open);
      const { versions } = await ledger.commit([publish('/a')]);
      await ledger.commit([patch('/a', [set('p', '1'), set('q', '2'), set('p', '3', 'urn:y'), set('r', '4')])]);
      await ledger.commit([
        patch('/a', [set('p', '5'), drop('q'), drop('none'), set('q', '6'), drop('r'), drop('p', 'urn:z')]),
      ]);
      const entry = await ledger.read({ kind: 'entry', path: path('/a') });
      expect(entry?.properties).toEqual([property('p', '5'), property('p', '3', 'urn:y'), property('q', '6')]);
      expect(entry?.version).toBe(versions['/a']);
      expect(await ledger.read({ kind: 'children', folder: path('/'), after: '', limit: 9 })).toEqual([entry]);
    });

    test('are no part of a name that has none, or none any more', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([publish('/a'), publish('/b'), patch('/b', [set('p', '1')]), patch('/b', [drop('p')])]);
      for (const raw of ['/a', '/b']) {
        expect(Object.keys((await ledger.read({ kind: 'entry', path: path(raw) })) ?? {})).not.toContain('properties');
      }
      await expect(ledger.commit([patch('/none', [])])).rejects.toMatchObject({ code: 'not-found' });
    });

    test('stay when bytes change, move with their name, are copied, and go with what is removed', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([
        folder('/f'),
        publish('/f/a', 'old'),
        publish('/x'),
        patch('/f', [set('p', 'folder')]),
        patch('/f/a', [set('p', 'file')]),
        patch('/x', [set('p', 'x')]),
      ]);
      await ledger.commit([publish('/f/a', 'new'), copy('/f', '/deep'), copy('/f', '/flat', { recursive: false })]);
      await ledger.commit([move('/f', '/g')]);
      for (const raw of ['/g', '/deep', '/flat'])
        expect(await propertiesOf(ledger, raw)).toEqual(['urn:x <p>folder</p>']);
      for (const raw of ['/g/a', '/deep/a']) expect(await propertiesOf(ledger, raw)).toEqual(['urn:x <p>file</p>']);

      await ledger.commit([copy('/deep/a', '/x', { overwrite: true }), remove('/deep/a'), publish('/deep/a')]);
      expect(await propertiesOf(ledger, '/x')).toEqual(['urn:x <p>file</p>']);
      expect(await propertiesOf(ledger, '/deep/a')).toBeUndefined();
    });

    test('have a size together, counted in bytes of UTF-8', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([publish('/a')]);
      // urn:x, p and <p>é</p>: 5 + 1 + 9 bytes.
      await ledger.commit([patch('/a', [set('p', 'é')], 15)]);
      await expect(ledger.commit([patch('/a', [set('p', 'é')], 14)])).rejects.toMatchObject({ code: 'too-large' });
      const second = [set('q', '', 'u')]; // 1 + 1 + 7
      await expect(ledger.commit([publish('/b'), patch('/a', second, 23)])).rejects.toMatchObject({
        code: 'too-large',
      });
      expect(await ledger.read({ kind: 'entry', path: path('/b') })).toBeUndefined();
      expect(await propertiesOf(ledger, '/a')).toEqual(['urn:x <p>é</p>']);
      await ledger.commit([patch('/a', second, 24)]);
      await ledger.commit([patch('/a', [set('r', 'long'), drop('r')], 24)]);
    });
  });
}

import { describe, expect, test } from 'vitest';
import { outputVersionFor } from '../../src/domain/partner.ts';
import { networkOfFormats } from '../support/network-of-formats.ts';
import { load } from './config-copy.ts';

const ECO = 'partners/eco.yaml';

/** What is said where ECO wants its answers in a version, or the flow was changed. */
async function problemsOf(
  version: string,
  change: (text: string) => readonly [from: string, to: string] = () => ['', ''],
) {
  await using copy = await networkOfFormats();
  await copy.edit(ECO, 'receives: [SOCR]', `receives: [SOCR]\noutputs: { SOCR: { version: "${version}" } }`);
  const [from, to] = change('');
  if (from !== '') await copy.edit('flows/SOCR.yaml', from, to);
  const loaded = await load(copy);
  if (!loaded.ok) return loaded.problems.map(({ file, message }) => `${file} ${message}`);
  const eco = loaded.settings.generation.partners.find(({ id }) => id === 'eco');
  return eco === undefined ? [] : [`wants ${outputVersionFor(eco, 'SOCR')}`];
}

describe('a receiver that wants a version', () => {
  test('gets one that every other version can be written as', async () => {
    expect(await problemsOf('1')).toEqual(['wants 1']);
  });

  test('of which another one has not every field it needs is refused', async () => {
    const message = 'version "1" of flow SOCR can not fill "question_ticket" of version "2"';
    expect(await problemsOf('2')).toEqual([`${ECO} ${message}`]);
    const optional = () =>
      [
        'question_ticket, type: text, maxLength: 20 }',
        'question_ticket, type: text, maxLength: 20, required: false }',
      ] as const;
    expect(await problemsOf('2', optional)).toEqual(['wants 2']);
  });

  test('of which another one has a field of another type is refused', async () => {
    const change = () =>
      ['{ name: customer_ref, type: text, maxLength: 20 }', '{ name: customer_ref, type: digits, length: 9 }'] as const;
    const problems = await problemsOf('1', change);
    expect(problems).toContain(`${ECO} version "2" of flow SOCR can not fill "customer_ref" of version "1"`);
  });

  test('that is not there is refused', async () => {
    expect(await problemsOf('3')).toEqual([`${ECO} flow SOCR has no version "3"`]);
  });
});

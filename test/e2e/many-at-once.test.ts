import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';

const FILES = 12;
const KSZ_ANNA = { ...KSZ_R, account: 'anna@ksz' };

function filesOf(client: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => [`ADRM_${client}_${index}.csv`, adrm(goodRow(index + 1))]),
  );
}

test('files of one flow that come at once are each delivered once, in order and without a gap', async () => {
  await using place = await ExchangePlace.open();
  await Promise.all([handIn(place, KSZ_R, filesOf('sftp')), handIn(place, KSZ_ANNA, filesOf('webdav'))]);
  const answered = await eventually('all files to be answered', async () => {
    const lines = await place.audit.all({ kind: 'submission-answered', fields: { flow: 'ADRM' } });
    return lines.length === 2 * FILES ? lines : undefined;
  });
  const deliveries = await place.audit.all({ kind: 'delivery', fields: { flow: 'ADRM', receiver: 'rjv' } });
  expect(deliveries.map(({ fields }) => fields.sequence)).toEqual(Array.from({ length: 2 * FILES }, (_, at) => at + 1));
  expect(deliveries.map(({ fields }) => fields.ticket)).toEqual(answered.map(({ fields }) => fields.ticket));
  expect(new Set(deliveries.map(({ fields }) => fields.ticket)).size).toBe(2 * FILES);
});

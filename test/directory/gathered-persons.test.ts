import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ASK, UNKNOWN } from '../../src/directory/flat-directory.ts';
import { GatheredPersons } from '../../src/directory/gathered-persons.ts';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';
import { OPEN_END } from '../../src/directory/pack.ts';
import { PERSON_LINES_HEADER } from '../../src/directory/person-lines.ts';
import type { Insz } from '../../src/domain/insz.ts';
import { personKey } from '../../src/domain/person-key.ts';

const [KNOWN, REPLACED, STRANGER] = ['74031295170' as Insz, '68451597725' as Insz, '85113098277' as Insz];
const LINES = [
  `${KNOWN};10;0;010;0;2010-01-01;2019-12-31;`,
  `${KNOWN};7;1;101;3;2020-01-01;;`,
  '00022993779;25;0;102;0;2015-06-01;;',
  `${REPLACED};;;;;;;00022993779`,
];

test('persons of a batch are found as numbers whose codes stay as they are from batch to batch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-gathered-'));
  const directory = openDirectory({ directory: folder });
  onTestFinished(async () => {
    await directory.close();
    await rm(folder, { recursive: true });
  });
  const file = join(folder, 'lines.csv');
  await writeFile(file, `${[PERSON_LINES_HEADER, ...LINES].join('\n')}\n`);
  await directory.load('R', file, []);
  const persons = new GatheredPersons();
  const keys = Uint32Array.from([KNOWN, STRANGER, REPLACED].map(personKey));
  const [firsts, counts] = [new Int32Array(3), new Int32Array(3)];
  const dossiers = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const at = (from + index) * 4;
      const [institution = 0, quality = 0, begin, end] = persons.layer.dossiers.subarray(at, at + 4);
      const of = [persons.layer.institutions[institution] ?? 0, persons.layer.qualities[quality] ?? 0];
      return [...of.flatMap((one) => [one >> 10, one & 1023]), begin, end];
    });
  for (let batch = 0; batch < 2; batch += 1) {
    const snapshot = directory.snapshot('R');
    persons.begin(snapshot);
    persons.find(keys, 3, firsts, counts);
    expect([...firsts]).toEqual([0, UNKNOWN, ASK]);
    expect([...counts]).toEqual([2, 0, 0]);
    // sector, institution type, quality, phase, days since 1900-01-01
    expect(dossiers(0, 2)).toEqual([
      [7, 1, 101, 3, 43_829, OPEN_END],
      [10, 0, 10, 0, 40_177, 43_828],
    ]);
    expect(persons.lookup(KNOWN)?.dossiers.map(({ quality }) => quality)).toEqual(['101', '010']);
    persons.close();
    snapshot.close();
  }
  expect(() => persons.version).toThrow('no batch is at hand');
});

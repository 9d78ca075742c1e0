import { open } from 'node:fs/promises';
import { PERSON_LINES_HEADER } from '../directory/person-lines.ts';
import { inszOfKey } from '../domain/person-key.ts';
import { type SyntheticDirectory, type SyntheticLine, SyntheticPersons } from './generate-persons.ts';
import { LineBuffer } from './line-buffer.ts';

/** What was written. `lines` without the header; `dossiers` without the numbers that are known alone. */
export type WrittenDirectory = {
  readonly persons: number;
  readonly dossiers: number;
  readonly replaced: number;
  readonly lines: number;
  readonly bytes: number;
};

/** One number in two hundred is of somebody who has another one now. */
const REPLACED_IN = 200;
const GOLDEN = 0.618_033_988_75;

/**
 * Writes the dump of a synthetic directory, in no order: the lines of one person lie all over the file. The same plan, the
 * same bytes.
 * @param onProgress told now and then how many lines were written
 */
export async function writeDirectory(
  path: string,
  plan: SyntheticDirectory,
  onProgress: (lines: number) => void = () => {},
): Promise<WrittenDirectory> {
  const persons = new SyntheticPersons(plan);
  await using file = await open(path, 'w');
  const buffer = new LineBuffer(file);
  await buffer.add(`${PERSON_LINES_HEADER}\n`);
  const keys = Uint32Array.from({ length: plan.persons }, (_, person) => persons.keyOf(person));
  const counts = Uint8Array.from({ length: plan.persons }, (_, person) => persons.linesOf(person));
  const step = stepFor(plan.persons);
  const line: SyntheticLine = { sector: 0, type: 0, quality: 0, beginYear: 0, beginMonth: 0, endYear: 0 };
  let [dossiers, lines, replaced] = [0, 0, 0];
  let isMore = true;
  for (let round = 0; isMore; round += 1) {
    isMore = false;
    let person = Math.floor(plan.persons * GOLDEN * (round + 1)) % plan.persons;
    for (let index = 0; index < plan.persons; index += 1) {
      person = person + step < plan.persons ? person + step : person + step - plan.persons;
      const count = counts[person] ?? 0;
      if (round >= count && (count > 0 || round > 0)) continue;
      isMore = true;
      lines += 1;
      let isTime: boolean;
      if (count === 0) isTime = buffer.addLine(keys[person] ?? 0, ';;;;;;;');
      else {
        persons.line(person, round, line);
        dossiers += 1;
        isTime = buffer.addDossier(keys[person] ?? 0, line);
      }
      if (!isTime) continue;
      await buffer.write();
      onProgress(lines);
    }
  }
  const extra = Math.floor(plan.persons / REPLACED_IN);
  const others = new SyntheticPersons({ ...plan, persons: plan.persons + extra });
  for (; replaced < extra; replaced += 1) {
    const by = inszOfKey(persons.keyOf((replaced * REPLACED_IN) % plan.persons));
    if (buffer.addLine(others.keyOf(plan.persons + replaced), `;;;;;;;${by}`)) await buffer.write();
  }
  await buffer.write();
  await file.sync();
  return { persons: plan.persons, dossiers, replaced, lines: lines + replaced, bytes: buffer.bytes };
}

/** Shares no divisor with the number of persons, so that every person comes once in each round. */
function stepFor(persons: number): number {
  const divisor = (one: number, other: number): number => (other === 0 ? one : divisor(other, one % other));
  let step = Math.max(1, Math.floor(persons * GOLDEN));
  while (divisor(step, persons) !== 1) step += 1;
  return step;
}

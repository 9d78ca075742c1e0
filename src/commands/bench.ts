import {
  type BatchForm,
  type BatchPlan,
  type SyntheticDirectory,
  writeBatch,
  writeDirectory,
} from '../bench/generate.ts';
import { ProgressBar } from './progress-bar.ts';

/** 10.97 lines for each person, and one number in two hundred that was replaced. */
const LINES_PER_PERSON = 10.98;

export const BATCH_FORM_NAMES: readonly BatchForm[] = ['delimited', 'fixed-width', 'json-lines', 'xml'];

/** Writes the dump of a synthetic directory, and tells what is in it. */
export async function generateDirectory(
  file: string,
  plan: SyntheticDirectory,
  json: boolean,
  out: NodeJS.WritableStream,
): Promise<0> {
  const bar = new ProgressBar(process.stderr, 'lines');
  const written = await writeDirectory(file, plan, (lines) => bar.show(lines, plan.persons * LINES_PER_PERSON));
  bar.end();
  const { persons, dossiers, replaced, bytes } = written;
  const text = `${file}: ${persons} persons, ${dossiers} dossiers, ${replaced} replaced numbers, ${bytes} bytes\n`;
  out.write(json ? `${JSON.stringify(written)}\n` : text);
  return 0;
}

/** Writes a synthetic batch, and tells what its records are meant to meet. */
export async function generateBatch(
  file: string,
  plan: BatchPlan,
  json: boolean,
  out: NodeJS.WritableStream,
): Promise<0> {
  const written = await writeBatch(file, plan);
  const kinds = Object.entries(written.kinds).map(([kind, count]) => `${count} ${kind}`);
  const text = `${file}: ${written.records} records, ${written.bytes} bytes; ${kinds.join(', ')}\n`;
  out.write(json ? `${JSON.stringify(written)}\n` : text);
  return 0;
}

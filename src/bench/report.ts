import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const DOCS = fileURLToPath(new URL('../../docs', import.meta.url));
const GIB = 1024 ** 3;

/** A figure is met from `min` on, or up to `max`. */
export type Target = { readonly min?: number; readonly max?: number };

/** One measured figure; `--json` prints one line for each. */
export type Result = {
  readonly area: string;
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  readonly peers: Readonly<Record<string, number>>;
  readonly target: Target | null;
  readonly met: boolean | null;
};

export type Figure = Omit<Result, 'area' | 'target' | 'met'>;

/**
 * Holds figures against `docs/targets.json`, which stands apart so that a change of a target is seen. A figure with a
 * target is met only where each of the peers ran beside it.
 */
export async function judge(
  area: string,
  figures: readonly Figure[],
  peers: readonly string[] = [],
): Promise<readonly Result[]> {
  const targets = await readTargets();
  return figures.map((figure) => {
    const target = targets[area]?.[figure.case] ?? null;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = target ?? {};
    const isBeside = peers.every((peer) => Number.isFinite(figure.peers[peer]));
    const isMet = isBeside && figure.value >= min && figure.value <= max;
    return { area, ...figure, target, met: target === null ? null : isMet };
  });
}

async function readTargets(): Promise<Readonly<Record<string, Readonly<Record<string, Target>>>>> {
  return JSON.parse(await readFile(`${DOCS}/targets.json`, 'utf8')) as Record<string, Record<string, Target>>;
}

/**
 * @param whose what the processor time and the memory were of
 * @param peers whose figures, in the same unit, stand in columns of their own
 */
export function asTable(results: readonly Result[], whose = 'the gateway', peers: readonly string[] = []): string {
  const titles = ['Case', 'Value', 'Target', '', ...peers, `CPU seconds of ${whose}`, 'Its peak, MB'];
  const rows = results.map((result) => {
    const { case: name, value, unit, target, met, cpuSeconds, peakMB } = result;
    const verdict = met === null ? '' : met ? 'met' : '**missed**';
    const beside = peers.map((peer) => (peer in result.peers ? round(result.peers[peer] ?? Number.NaN) : ''));
    return [name, `${round(value)} ${unit}`, targetText(target), verdict, ...beside, round(cpuSeconds), String(peakMB)];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(titles), `${'|---'.repeat(titles.length)}|`, ...rows.map(line)].join('\n');
}

/** Puts the section of one area into `docs/benchmarks.md`, between its two marks. */
export async function writeSection(area: string, section: string): Promise<void> {
  const file = `${DOCS}/benchmarks.md`;
  const text = await readFile(file, 'utf8');
  const [begin, end] = [`<!-- ${area}: written by npm run bench -->`, `<!-- end of ${area} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md has no marks for ${area}`);
  await writeFile(file, `${text.slice(0, from + begin.length)}\n\n${section}\n\n${text.slice(to)}`);
}

export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / GIB);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} × ${first?.model.trim() || 'unnamed processor'}, ${memory} GiB, Linux ${release()}, Node ${process.version}`;
}

function targetText(target: Target | null): string {
  if (target === null) return '';
  return target.min === undefined ? `≤ ${target.max}` : `≥ ${target.min}`;
}

function round(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : 'none';
}

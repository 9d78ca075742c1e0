import type { Change } from './changes.ts';

/** Parts of `gateway.yaml` that a running gateway takes up only when it starts again. */
const AT_START: ReadonlySet<string> = new Set(['demo', 'data', 'dropFolder', 'processes']);

/** Which changes wait for the next start, by the key they stand under. */
export function restartNeeds(changes: readonly Change[]): readonly string[] {
  const tops = changes.filter(({ file }) => file === 'gateway.yaml').map(({ path }) => path.split('/', 1)[0] ?? '');
  return [...new Set(tops.filter((top) => AT_START.has(top)))].sort();
}

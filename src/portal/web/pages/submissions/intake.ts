import type { Environment } from '../../../schemas/common.ts';
import type { Folder } from '../../../schemas/files.ts';
import { api } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { session } from '../../state/session.ts';

const INTAKES = { R: '/IN', T: '/INTEST', S: '/INTEST-S' } as const;

type Wanted = {
  readonly flow: string;
  readonly environment: Environment;
  /** Any path of the same submission: who acts for several partners has a tree for each, and it tells which. */
  readonly beside?: string | null | undefined;
};

/** The folder where files of a flow are put: its own, or the one for all flows in a flat tree. Undefined: none is open. */
export function useIntake(wanted: Wanted | undefined): string | undefined {
  const designations = session.value?.designations ?? [];
  const roots = designations.length > 1 ? designations.map(({ root }) => root) : [''];
  const own = roots.filter((root) => wanted?.beside?.startsWith(`${root}/`) === true);
  const candidates = (own.length > 0 ? own : roots).flatMap((root) => {
    if (wanted === undefined) return [];
    const intake = `${root}${INTAKES[wanted.environment]}`;
    return [`${intake}/${wanted.flow}`, intake];
  });
  const { value } = useLoaded<string | undefined>(candidates.join(' '), async (signal) => {
    for (const path of candidates) {
      const found = await api<Folder>('GET', '/folder', { query: { path, limit: 1 }, signal }).catch(() => undefined);
      if (found?.rights.includes('create')) return path; // where it is not there, the next one may be
    }
    return undefined;
  });
  return value;
}

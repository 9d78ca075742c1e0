import type { Flows } from '../../../schemas/flows.ts';
import { api } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/** Names of flows by their code. Without them the codes are shown. */
export function useFlowNames(): ReadonlyMap<string, string> {
  const { value } = useLoaded<ReadonlyMap<string, string>>('flows', async (signal) => {
    const { items } = await api<Flows>('GET', '/flows', { signal });
    return new Map(items.map(({ code, name }) => [code, name]));
  });
  return value ?? NONE;
}

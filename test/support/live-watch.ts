import { eventually } from './eventually.ts';
import type { RunningGateway } from './gateway.ts';
import { sessionsOf } from './processes.ts';

/** How long what may not go on may take from the moment its end is known. */
export const CUT_MS = 10_000;

/** What is under way, as `batch@ksz webdav in`, sorted. */
export async function underWay(gateway: RunningGateway): Promise<readonly string[]> {
  return (await sessionsOf(gateway))
    .flatMap(({ principal, protocol, transfers }) =>
      transfers.map(({ direction }) => `${principal} ${protocol} ${direction}`),
    )
    .toSorted();
}

/** Waits until these are under way with a byte behind them, and no others. */
export async function untilUnderWay(gateway: RunningGateway, wanted: readonly string[]): Promise<void> {
  const expected = wanted.toSorted().join('\n');
  await eventually(`under way:\n${expected}`, async () => {
    const transfers = (await sessionsOf(gateway)).flatMap((one) => one.transfers);
    const moved = transfers.every(({ bytes }) => bytes > 0);
    return moved && (await underWay(gateway)).join('\n') === expected ? true : undefined;
  });
}

/** Waits until only these are left. @returns within how many milliseconds; @throws Error after 10 s */
export async function untilCut(gateway: RunningGateway, left: readonly string[]): Promise<number> {
  const began = performance.now();
  const expected = left.toSorted().join('\n');
  await eventually(
    `nothing but ${expected || 'nothing'} to be under way`,
    async () => ((await underWay(gateway)).join('\n') === expected ? true : undefined),
    CUT_MS,
  );
  return performance.now() - began;
}

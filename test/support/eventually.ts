import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 40;
const DEADLINE_MS = 30_000;

/** Looks again and again until there is something. @throws Error when there is nothing within the deadline */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await pause(POLL_MS);
  }
}

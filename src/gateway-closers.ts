import type { Logger } from './domain/logger.ts';

/** What is to be done when a gateway ends; the last that was opened is closed first. */
export async function closeAll(closers: readonly (() => Promise<unknown>)[], logger: Logger): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (error) {
      logger.error({ err: error }, 'a part could not be closed in order');
    }
  }
}

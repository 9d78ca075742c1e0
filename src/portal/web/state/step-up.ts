import { signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';

/** Whether somebody waits for a second factor: then the dialog is shown. */
export const isAsking = signal(false);

let waiting: ((opened: boolean) => void)[] = [];

/** Asks for the second factor. Who asks while another does waits for the same answer. @returns whether level 2 is open */
export function askSecondFactor(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  waiting.push(resolve);
  isAsking.value = true;
  return promise;
}

/** Tells all who wait how it ended. */
export function endAsking(opened: boolean): void {
  const told = waiting;
  waiting = [];
  isAsking.value = false;
  for (const tell of told) tell(opened);
}

export function isLevelTooLow(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'level-too-low';
}

/** Does something that may need a second factor: asks for it where it does, and then does it again. */
export async function throughStepUp<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isLevelTooLow(error) || !(await askSecondFactor())) throw error;
    return act();
  }
}

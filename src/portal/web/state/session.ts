import { signal } from '@preact/signals';
import type { SessionAnswer } from '../../schemas/session.ts';
import { type ApiError, api, asApiError } from '../api/client.ts';
import { onEvent } from '../api/events.ts';

export const session = signal<SessionAnswer | undefined>(undefined);
export const sessionError = signal<ApiError | undefined>(undefined);

/** Who is asking and what holds for him; asked again when rights or level change. */
export async function loadSession(): Promise<void> {
  try {
    session.value = await api<SessionAnswer>('GET', '/session');
    sessionError.value = undefined;
  } catch (error) {
    sessionError.value = asApiError(error);
  }
}

export function followSession(): void {
  onEvent('session', () => void loadSession());
}

import { signal } from '@preact/signals';

export type Toast = { readonly id: number; readonly kind: 'done' | 'trouble'; readonly text: string };

const SHOWN_MS = 8_000;
const MAX_TOASTS = 4;

export const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** A sentence in the corner, read aloud by a screen reader. What went wrong stays until it is closed. */
export function tell(kind: Toast['kind'], text: string): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(1 - MAX_TOASTS), { id, kind, text }];
  if (kind === 'done') setTimeout(() => dismiss(id), SHOWN_MS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

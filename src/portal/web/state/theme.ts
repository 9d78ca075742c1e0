import { computed, signal } from '@preact/signals';
import { readSetting, writeSetting } from './settings.ts';

export type Theme = 'light' | 'dark';

const DARK = matchMedia('(prefers-color-scheme: dark)');
const system = signal<Theme>(DARK.matches ? 'dark' : 'light');
const chosen = signal<Theme | undefined>(undefined);

export const theme = computed<Theme>(() => chosen.value ?? system.value);

/** Light or dark as chosen here before, else as the system is. */
export function openTheme(): void {
  const remembered = readSetting('theme');
  if (remembered === 'light' || remembered === 'dark') apply(remembered);
  DARK.addEventListener('change', ({ matches }) => {
    system.value = matches ? 'dark' : 'light';
  });
}

/** The other one. Who chooses what the system has follows the system again. */
export function switchTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  apply(next === system.value ? undefined : next);
  writeSetting('theme', chosen.value);
}

function apply(value: Theme | undefined): void {
  chosen.value = value;
  if (value === undefined) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

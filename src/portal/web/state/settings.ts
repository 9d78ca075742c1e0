const PREFIX = 'sluis.';

/** What this browser remembers of its reader: nothing that is secret. A browser that forbids it forgets. */
export function readSetting(name: 'language' | 'theme'): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeSetting(name: 'language' | 'theme', value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // a private window: it holds until the page is left
  }
}

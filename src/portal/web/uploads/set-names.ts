/** Files of one set: data, signature, and the mark that says that all of them are there. */
export type SetMember = { readonly kind: 'FI' | 'FS' | 'GO'; readonly set: string };

/**
 * Which set a file belongs to by its name (`FI.DMFA.123456.20240115.00001.R.1.1`, `GO.DMFA.123456.20240115.00001.R.1`:
 * docs/domain.md §1); undefined where it stands alone.
 */
export function setMemberOf(name: string): SetMember | undefined {
  const [kind, content, sender, date, serial, environment, count, ...part] = name.split('.');
  if (kind !== 'FI' && kind !== 'FS' && kind !== 'GO') return undefined;
  if (count === undefined || part.length !== (kind === 'GO' ? 0 : 1)) return undefined;
  return { kind, set: [content, sender, date, serial, environment, count].join('.') };
}

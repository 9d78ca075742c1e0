import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Meanings } from './layout.ts';

/** The comments behind the fields of a flow's file: what they mean, in the words of whoever described the layout. */
export function meaningsIn(text: string): Meanings {
  const layouts = parseDocument(text).get('layouts');
  const found = new Map<string, Map<string, string>>();
  for (const layout of isSeq(layouts) ? layouts.items : []) {
    const fields = isMap(layout) ? layout.get('fields') : undefined;
    if (!isMap(layout) || !isSeq(fields)) continue;
    const byName = new Map<string, string>();
    for (const field of fields.items) {
      if (!isMap(field)) continue;
      const comment =
        field.comment ?? field.items.map(({ value }) => (isScalar(value) ? value.comment : null)).find(Boolean);
      if (typeof comment === 'string') byName.set(String(field.get('name')), comment.trim());
    }
    found.set(String(layout.get('version')), byName);
  }
  return found;
}

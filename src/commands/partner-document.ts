import { type Document, isMap, isSeq, type YAMLMap, YAMLSeq } from 'yaml';
import { GatewayError } from '../domain/errors.ts';

type Kind = 'persons' | 'machines';

/** The entry of an account in the document of its partner. @throws GatewayError `not-found` */
export function entryOf(document: Document, id: string, kinds: readonly Kind[] = ['persons', 'machines']): YAMLMap {
  for (const kind of kinds) {
    const list = document.get(kind);
    const found = isSeq(list) ? list.items.find((item) => isMap(item) && item.get('id') === id) : undefined;
    if (isMap(found)) return found;
  }
  const what = kinds.length > 1 ? 'account' : kinds[0] === 'persons' ? 'person' : 'machine';
  throw new GatewayError('not-found', `there is no ${what} "${id}" with this partner`);
}

/** A list in a document, or in one of its entries, made where there is none; in lines of its own. */
export function listIn(document: Document, holder: Document | YAMLMap, key: string): YAMLSeq {
  const list = holder.get(key);
  if (isSeq(list)) {
    list.flow = false;
    return list;
  }
  const made = new YAMLSeq();
  if (isMap(holder)) holder.set(document.createNode(key), made);
  else holder.set(key, made);
  return made;
}

/** Adds to such a list. Members that are undefined are left out. */
export function addTo(document: Document, holder: Document | YAMLMap, key: string, value: object): void {
  listIn(document, holder, key).add(document.createNode(withoutAbsent(value)));
}

export function setIn(document: Document, entry: YAMLMap, key: string, value: unknown): void {
  entry.set(key, document.createNode(typeof value === 'object' && value !== null ? withoutAbsent(value) : value));
}

/** Removes the items of a list that are meant. @throws GatewayError `not-found` where none is */
export function removeFrom(entry: YAMLMap, key: string, isMeant: (item: unknown) => boolean, what: string): void {
  const list = entry.get(key);
  const items = isSeq(list) ? list.items : [];
  const kept = items.filter((item) => !isMeant(isMap(item) ? item.toJSON() : item));
  if (!isSeq(list) || kept.length === items.length) throw new GatewayError('not-found', what);
  list.items = kept;
  if (kept.length === 0) list.flow = true;
}

function withoutAbsent(value: object): object {
  if (Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

import { GatewayError } from '../domain/errors.ts';
import { encodeUrlPath } from '../domain/http.ts';
import type { Lock } from '../vfs/files.ts';
import { DAV, type XmlElement } from './xml.ts';
import { escapeXml } from './xml-text.ts';
import { languageOf, serialiseXml } from './xml-write.ts';

const MAX_OWNER_CHARACTERS = 4096;

const entryOf = (scope: Lock['scope']): string =>
  `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`;

/** The value of `supportedlock` (RFC 4918 §15.10). */
export const SUPPORTED_LOCKS = entryOf('exclusive') + entryOf('shared');

/** The value of `lockdiscovery` (RFC 4918 §15.8): every lock, and the token only of one's own. */
export function activeLocks(locks: readonly Lock[], now: number): string {
  return locks.map((lock) => activeLock(lock, now)).join('');
}

function activeLock({ scope, depth, owner, until, token, root }: Lock, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const locktoken = token === undefined ? '' : `<D:locktoken><D:href>${escapeXml(token)}</D:href></D:locktoken>`;
  const lockroot = escapeXml(encodeUrlPath(root, 'file'));
  return (
    `<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:${scope}/></D:lockscope>` +
    `<D:depth>${depth}</D:depth>${owner}<D:timeout>Second-${seconds}</D:timeout>${locktoken}` +
    `<D:lockroot><D:href>${lockroot}</D:href></D:lockroot></D:activelock>`
  );
}

/** Reads a `lockinfo` (RFC 4918 §14.11). @throws GatewayError `bad-request` */
export function readLockInfo(root: XmlElement): Pick<Lock, 'scope' | 'owner'> {
  if (root.namespace !== DAV || root.name !== 'lockinfo') {
    throw new GatewayError('bad-request', 'the body of LOCK is a DAV: lockinfo element');
  }
  const scope = onlyChild(root, 'lockscope');
  const type = onlyChild(root, 'locktype');
  if (type !== 'write') throw new GatewayError('bad-request', 'the only locktype is write');
  if (scope !== 'exclusive' && scope !== 'shared') {
    throw new GatewayError('bad-request', 'a lockscope is exclusive or shared');
  }
  const owner = root.children.find(({ namespace, name }) => namespace === DAV && name === 'owner');
  const text = owner === undefined ? '' : serialiseXml(owner, languageOf(root));
  if (text.length > MAX_OWNER_CHARACTERS) {
    throw new GatewayError('bad-request', `an owner has at most ${MAX_OWNER_CHARACTERS} characters`);
  }
  return { scope, owner: text };
}

/** The name of the one element in the one child of that name. */
function onlyChild(root: XmlElement, name: string): string {
  const found = root.children.filter((child) => child.namespace === DAV && child.name === name);
  const [inner, ...others] = found.flatMap(({ children }) => children);
  if (found.length !== 1 || inner === undefined || others.length > 0 || inner.namespace !== DAV) {
    throw new GatewayError('bad-request', `a lockinfo holds one ${name} with one element in it`);
  }
  return inner.name;
}

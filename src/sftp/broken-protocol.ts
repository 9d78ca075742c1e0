import type { WaitingRoomParts } from '../access/waiting-room.ts';
import type { Listener } from '../domain/generation.ts';
import { principalName, type Session } from '../domain/principal.ts';

/** What stands of a fault in the log: ours or a library's words, never more than this of them. */
const MAX_DETAIL_CHARACTERS = 200;

/** The audit line of a connection that did not speak SSH or SFTP as it must: of a login, or of a session that was open. */
export function brokenProtocol(
  where: { readonly listener: Listener; readonly address: string; readonly session: Session | undefined },
  detail: string,
): Parameters<WaitingRoomParts['audit']['note']>[0] {
  const { session, listener } = where;
  const who =
    session === undefined
      ? { fingerprint: '' }
      : { principal: principalName(session.principal), session: session.id, fingerprint: session.fingerprint };
  const { accessMethod, port } = listener;
  const fields = { protocol: 'sftp', accessMethod, port, address: where.address, ...who };
  return {
    kind: session === undefined ? 'login' : 'session',
    outcome: 'refused',
    fields: { ...fields, reason: 'protocol-error', detail: detail.slice(0, MAX_DETAIL_CHARACTERS) },
  };
}

import type { Socket } from 'node:net';
import { beginsHeader } from '../access/proxy-header.ts';

/** Of a client that goes on before its turn; a ClientHello (RFC 8446 §4.1.2) with a post-quantum key share is 2 kB. */
const MAX_HELD_BYTES = 16 * 1024;

/**
 * Keeps what a client says until its turn: who says nothing needs none, and who hangs up meanwhile is seen to.
 * @param spoke called at the first byte; `release` puts all bytes back and hands the socket on, unless it is gone
 * @param forged called instead where the bytes begin a header of the PROXY protocol
 */
export function holdFirstBytes(
  socket: Socket,
  spoke: (release: (begin: () => void) => void) => void,
  forged: () => void,
): void {
  let held: Buffer | undefined;
  let isKnown = false;
  const hold = (chunk: Buffer) => {
    held = held === undefined ? chunk : Buffer.concat([held, chunk]);
    if (held.length > MAX_HELD_BYTES) socket.pause();
    if (isKnown) return;
    const header = beginsHeader(held);
    if (header === 'perhaps') return;
    isKnown = true;
    if (header === 'yes') forged();
    else spoke(release);
  };
  const gone = () => socket.destroy();
  const release = (begin: () => void) => {
    if (socket.destroyed || held === undefined) return;
    socket.off('data', hold).off('end', gone).off('error', gone);
    socket.pause();
    socket.unshift(held);
    begin();
  };
  socket.on('data', hold).on('end', gone).on('error', gone).resume();
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What one direction may hold: far more than any window, so that the delay alone slows a transfer. */
const HELD_BYTES = 64 * 1024 * 1024;

export type DelayProxy = { readonly port: number; close(): Promise<void> };

/** A TCP proxy on loopback that passes every byte on after a fixed time, in both directions, and loses none. */
export async function startDelayProxy(target: number, oneWayMs: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    }
    passOn(near, far, oneWayMs);
    passOn(far, near, oneWayMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function passOn(from: Socket, to: Socket, delayMs: number): void {
  let held = 0;
  from.on('data', (chunk: Buffer) => {
    held += chunk.length;
    if (held > HELD_BYTES) from.pause();
    setTimeout(() => {
      held -= chunk.length;
      if (held <= HELD_BYTES) from.resume();
      if (!to.destroyed) to.write(chunk);
    }, delayMs);
  });
  from.once('end', () => setTimeout(() => to.end(), delayMs));
  from.once('close', () => setTimeout(() => to.destroy(), delayMs + 100));
}

import type { Socket } from 'node:net';

/** One read of a socket: some of the largest SSH packets. */
const READ_BYTES = 256 * 1024;

/**
 * A socket that reads into one buffer for all connections of a listener, instead of a new one of 64 KiB for each read, which
 * the garbage collector pays for. `net.connect` takes such a buffer as `onread`; a server has no option for it.
 */
export class SocketBuffer {
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  /** @param lends whether the listeners keep no part of what they are given; they get a copy as long as they might */
  readInto(socket: Socket, lends: () => boolean): void {
    const inside = insideOf(socket);
    // Another Node may look different inside: then its own buffers do.
    if (inside === undefined) return;
    inside.use(this.#buffer, (bytes) => {
      const chunk = this.#buffer.subarray(0, bytes);
      socket.emit('data', lends() ? chunk : Buffer.from(chunk));
      return true;
    });
  }
}

type Handle = { useUserBuffer?(buffer: Uint8Array): void };
type Use = (buffer: Uint8Array, read: (bytes: number) => boolean) => void;

function insideOf(socket: Socket): { readonly use: Use } | undefined {
  const inside = socket as unknown as Record<symbol, unknown> & { _handle?: Handle | null };
  const symbols = Object.getOwnPropertySymbols(socket);
  const named = (name: string) => symbols.find(({ description }) => description === name);
  const [buffer, callback] = [named('kBuffer'), named('kBufferCb')];
  const handle = inside._handle;
  if (buffer === undefined || callback === undefined || !handle?.useUserBuffer) return undefined;
  const use: Use = (bytes, read) => {
    inside[buffer] = bytes;
    inside[callback] = read;
    handle.useUserBuffer?.(bytes);
  };
  return { use };
}

import { createServer, type Socket } from 'node:net';

type Taker = { serve(): void; take(socket: Socket): void };

/** A port of this machine whose connections one listener serves, as the gateway holds its ports. */
export async function holdPort(listener: Taker): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((socket) => listener.take(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listener.serve();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

import { type Closers, type ListenerParts, openDoors } from './gateway-listeners.ts';
import type { PortHolder, Serving } from './gateway-take-up.ts';
import { Ports } from './processes/ports.ts';

/** Ports and listeners of a gateway that is one process. */
export async function servedHere(
  parts: ListenerParts,
  closers: Closers,
): Promise<{ readonly ports: PortHolder; readonly serving: Serving }> {
  const doors = await openDoors(parts, closers);
  const ports = new Ports({ came: (id, socket) => doors.take(id, socket), pauses: false, logger: parts.logger });
  closers.push(async () => ports.close());
  return { ports, serving: { prepare: async (next, listeners) => doors.prepare(next, listeners) } };
}

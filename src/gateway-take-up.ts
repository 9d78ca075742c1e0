import { canonicalJson } from './config/canonical-json.ts';
import { type Settings, withPortOffset } from './config/settings.ts';
import { Misfit } from './domain/misfit.ts';
import type { BoundPorts } from './gateway-control.ts';
import type { Numbered, PreparedDoors } from './gateway-doors.ts';
import { type CurrentInForce, type InForce, readyFrom } from './gateway-in-force.ts';
import type { TrustParts } from './gateway-trust.ts';
import type { HealthServer } from './ops/health.ts';
import {
  type BoundPort,
  codeOf,
  misfitOfPort,
  type PortsPrepared,
  portMisfit,
  type WantedPort,
} from './processes/ports.ts';

/** A generation that is ready in all its parts and not in force. */
export type PreparedGeneration = {
  /** From the call on everybody asks the new one; resolves when every process does. */
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

/** Whoever holds the ports: this process, or the one that started it. */
export type PortHolder = {
  readonly prepare: (wanted: readonly WantedPort[]) => Promise<PortsPrepared>;
  readonly keep: (now: { settings: Settings; listeners: readonly number[]; health: number }) => void;
  readonly discard: () => void;
};

/** Whoever serves the connections: the doors of this process, or workers. */
export type Serving = {
  readonly prepare: (next: InForce, listeners: readonly Numbered[]) => Promise<PreparedDoors & Settling>;
};
type Settling = { readonly settle?: () => Promise<void> };

export type TakeUpParts = {
  readonly inForce: CurrentInForce;
  readonly trust: TrustParts;
  readonly ports: PortHolder;
  readonly serving: Serving;
  readonly healthAt: (place: Settings['health']) => HealthServer;
  /** By how much ports are moved from what the configuration says. */
  readonly portOffset: number;
  /** Where an owner before this one was: numbers of the listeners, in their order, and the port of health and metrics. */
  readonly before?: { readonly listeners: readonly number[]; readonly health: number | undefined } | undefined;
};

type Health = { readonly place: Settings['health']; readonly server: HealthServer; readonly port: number };

type Arranged = PreparedDoors & Settling & { readonly ports: BoundPorts };

/**
 * Takes up generations as a whole: everything that a new one needs is made beside what runs (keys, trust, ports, listeners, in
 * all processes), then it is put in force at once. Where one part of it can not be made, nothing has happened.
 */
export class TakeUp {
  readonly #parts: TakeUpParts;
  readonly #opened = Promise.withResolvers<void>();
  #listeners: readonly Numbered[] = [];
  #last = -1;
  #health: Health | undefined;
  #ports: BoundPorts = { listeners: [], health: 0 };

  constructor(parts: TakeUpParts) {
    this.#parts = parts;
  }

  /** Ports that are open, in the order of the listeners in force. */
  get ports(): BoundPorts {
    return this.#ports;
  }

  /** Opens the ports of what is in force. @throws Misfit where one is taken */
  async open(): Promise<void> {
    const { inForce, before } = this.#parts;
    const listeners = inForce.value.settings.listeners.map((listener, index) => {
      return { id: before?.listeners[index] ?? index, listener };
    });
    try {
      const arranged = await this.#arrange(inForce.value, listeners);
      arranged.swap();
      await arranged.settle?.();
      this.#opened.resolve();
    } catch (error) {
      // Whoever waits to take up another generation is told, too.
      this.#opened.promise.catch(() => undefined);
      this.#opened.reject(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#health?.server.close();
  }

  /** @param read as the configuration says it. @throws Misfit where it can not be served; nothing is left of it then */
  async prepare(read: Settings): Promise<PreparedGeneration> {
    await this.#opened.promise;
    const { inForce, trust } = this.#parts;
    const settings = this.#asStarted(read);
    const ready = await readyFrom(settings, trust, inForce.value);
    const listeners = this.#numbered(settings.listeners);
    const arranged = await this.#arrange(ready.next, listeners).catch((error: unknown) => {
      ready.discard();
      throw error;
    });
    return {
      commit: async () => {
        inForce.replace(ready.next);
        arranged.swap();
        ready.settle();
        await arranged.settle?.();
      },
      discard: async () => {
        arranged.discard();
        ready.discard();
      },
    };
  }

  /** What a start settled stays: where data lie, how many processes there are, whether it is a demo, moved ports. */
  #asStarted(read: Settings): Settings {
    const { inForce, portOffset } = this.#parts;
    const { data, demo, processes, dropFolder } = inForce.value.settings;
    try {
      return { ...withPortOffset(read, portOffset), data, demo, processes, dropFolder };
    } catch (cause) {
      const fault = cause instanceof Error ? cause.message : String(cause);
      throw new Misfit({ path: ['listeners'], fault, remedy: 'write other ports, or start with a smaller offset' });
    }
  }

  async #arrange(next: InForce, listeners: readonly Numbered[]): Promise<Arranged> {
    const { ports, serving } = this.#parts;
    const wanted = listeners.map(({ id, listener: { host, port } }) => ({ id, host, port }));
    const health = await this.#healthOf(next.settings);
    try {
      const bound = await ports.prepare(wanted);
      if (!bound.ok) throw portMisfit(bound, wanted);
      const served = await serving.prepare(next, listeners);
      return { ...this.#arranged(next, listeners, bound.ports, health, served) };
    } catch (error) {
      ports.discard();
      if (health !== this.#health) await health.server.close();
      throw error;
    }
  }

  #arranged(
    { settings }: InForce,
    listeners: readonly Numbered[],
    bound: readonly BoundPort[],
    health: Health,
    served: PreparedDoors & Settling,
  ): Arranged {
    const { ports } = this.#parts;
    const before = this.#health;
    const now = { listeners: bound.map(({ port }) => port), health: health.port };
    return {
      ports: now,
      swap: () => {
        served.swap();
        ports.keep({ settings, listeners: listeners.map(({ id }) => id), health: health.port });
        this.#listeners = listeners;
        this.#last = Math.max(this.#last, ...listeners.map(({ id }) => id));
        this.#health = health;
        this.#ports = now;
        if (before !== undefined && before !== health) void before.server.close();
      },
      settle: async () => served.settle?.(),
      discard: () => {
        served.discard();
        ports.discard();
        if (health !== before) void health.server.close();
      },
    };
  }

  /** The server of today where nothing changes for it. */
  async #healthOf({ health: place }: Settings): Promise<Health> {
    if (this.#health !== undefined && canonicalJson(this.#health.place) === canonicalJson(place)) return this.#health;
    // Whoever asks a gateway whose owner was started again finds it where it was.
    const port = this.#health === undefined ? this.#parts.before?.health : undefined;
    const server = this.#parts.healthAt(port === undefined ? place : { ...place, port });
    try {
      return { place, server, port: await server.listen() };
    } catch (error) {
      throw misfitOfPort(['health', 'port'], place, codeOf(error));
    }
  }

  /** A listener that is the same, or stands at the same address, goes on under its number. */
  #numbered(listeners: Settings['listeners']): readonly Numbered[] {
    const free = [...this.#listeners];
    const ids = new Map<number, number>();
    for (const form of [whole, address]) {
      for (const [index, listener] of listeners.entries()) {
        if (ids.has(index)) continue;
        const at = free.findIndex((one) => form(one.listener) === form(listener));
        const [found] = at < 0 ? [] : free.splice(at, 1);
        if (found !== undefined) ids.set(index, found.id);
      }
    }
    let last = this.#last;
    return listeners.map((listener, index) => {
      const id = ids.get(index) ?? ++last;
      return { id, listener };
    });
  }
}

function whole({ rule: _place, ...listener }: Settings['listeners'][number]): string {
  return canonicalJson(listener);
}

function address({ protocol, host, port }: Settings['listeners'][number]): string {
  return `${protocol} ${host} ${port}`;
}

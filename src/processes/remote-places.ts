import { Moved, type Place, type Places, type SessionBytes, type Where } from '../access/live-sessions.ts';
import type { Current } from '../domain/current.ts';
import type { Session } from '../domain/principal.ts';
import type { OwnerTells, TellHandlers, ToOwner } from './messages.ts';

/** How soon the owner knows that a session is another one now, as after a second factor. */
const LOOK_MS = 1_000;

type Held = { readonly session: Current<Session>; readonly cut: () => void; readonly moved: Moved; told: Session };

/** Connections of this worker that hold places of the owner's. */
export class RemotePlaces implements Places {
  readonly #owner: ToOwner;
  readonly #held = new Map<number, Held>();
  readonly #look: NodeJS.Timeout;
  #last = 0;

  constructor(owner: ToOwner) {
    this.#owner = owner;
    this.#look = setInterval(() => this.#tellChanges(), LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#look);
  }

  async enter(session: Current<Session>, { port }: Where, cut: () => void): Promise<Place | undefined> {
    this.#last += 1;
    const id = this.#last;
    const told = session.value;
    // Known before the owner answers: it may be cut at once.
    const moved = new Moved();
    this.#held.set(id, { session, cut, moved, told });
    try {
      if (await this.#owner.call('place.enter', { id, session: told, port })) {
        return { leave: () => this.#leave(id), count: (direction, bytes) => moved.count(direction, bytes) };
      }
    } catch (error) {
      this.#leave(id);
      throw error;
    }
    this.#held.delete(id);
    return undefined;
  }

  /** What passed on each of them. */
  bytes(): readonly SessionBytes[] {
    return [...this.#held.values()].map(({ session, moved }) => moved.of(session.value));
  }

  /** What the owner says about them. */
  get handlers(): Pick<TellHandlers<OwnerTells>, 'place.cut'> {
    return { 'place.cut': ({ id }) => this.#held.get(id)?.cut() };
  }

  #leave(id: number): void {
    if (this.#held.delete(id)) this.#owner.tell('place.leave', { id });
  }

  #tellChanges(): void {
    for (const [id, held] of this.#held) {
      const { value } = held.session;
      if (value === held.told) continue;
      held.told = value;
      this.#owner.tell('place.session', { id, session: value });
    }
  }
}

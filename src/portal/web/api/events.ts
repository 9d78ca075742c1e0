import { signal } from '@preact/signals';
import type { EventName, Events } from '../../schemas/events.ts';
import { API } from './client.ts';

type Listener<Name extends EventName> = (event: Events[Name]) => void;

const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;
const NAMES: readonly EventName[] = ['submission', 'folder', 'session', 'reset'];

const listeners = new Map<EventName, Set<(event: never) => void>>();
let source: EventSource | undefined;
let wait = FIRST_WAIT_MS;

/** Whether the gateway tells us of changes just now. */
export const isLive = signal(false);

/** Keeps one stream of events open, and opens it again after a pause that grows where the gateway is not there. */
export function openEvents(): void {
  if (source !== undefined) return;
  const stream = new EventSource(`${API}/events`);
  source = stream;
  stream.onopen = () => {
    isLive.value = true;
    wait = FIRST_WAIT_MS;
  };
  stream.onerror = () => {
    isLive.value = false;
    if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source = undefined;
    setTimeout(() => {
      openEvents();
      emit('reset', {}); // a new stream does not know what was missed
    }, wait);
    wait = Math.min(wait * 2, MAX_WAIT_MS);
  };
  for (const name of NAMES) {
    stream.addEventListener(name, (event: MessageEvent<string>) => emit(name, JSON.parse(event.data)));
  }
}

function emit<Name extends EventName>(name: Name, event: Events[Name]): void {
  for (const listener of listeners.get(name) ?? []) (listener as Listener<Name>)(event);
}

/** @returns what ends the listening; as the result of an effect it does so by itself */
export function onEvent<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set);
  set.add(listener);
  return () => set.delete(listener);
}

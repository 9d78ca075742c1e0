import type { PartnerId } from '../domain/principal.ts';
import type { AuditLine } from './commands.ts';

/** A stretch of time in which something of one partner is counted, from `since` on, in milliseconds since the epoch. */
export type CountedWindow = { readonly window: 'hour' | 'day'; readonly since: number };

/** What is counted of each partner, so that much of it raises an alarm; kept over a restart. */
export type AlarmCommand =
  /**
   * Adds to what a partner has refused for persons it does not know, in one window. The commit whose records reach the
   * threshold appends `line`, with `since` and `count`; no other does. `counters` of the result tell the new count by the
   * name of the window, where this one reached it. Counts of windows that began before `forgetBefore` go.
   */
  {
    readonly kind: 'countUnknownPersons';
    readonly partner: PartnerId;
    readonly of: CountedWindow;
    readonly count: number;
    readonly threshold: number;
    readonly line: AuditLine;
    readonly forgetBefore: number;
  };

export type UnknownPersons = CountedWindow & { readonly partner: PartnerId; readonly count: number };

export type AlarmQuery =
  /** Counts of windows that began at one of these times, the highest first. */
  { readonly kind: 'unknownPersons'; readonly windows: readonly CountedWindow[]; readonly limit: number };

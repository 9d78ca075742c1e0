import type { Kbo } from './kbo.ts';
import { type IsoDate, includesDay, type Period } from './period.ts';

/** Somebody hands in files of these flows for an employer, from the first to the last day. */
export type Mandate = {
  readonly holder: Kbo;
  readonly employer: Kbo;
  readonly flows: readonly string[];
  readonly period: Period;
};

/** One immutable version of the mandates of one environment; lookups are synchronous. */
export interface MandateSnapshot {
  readonly version: bigint;
  /** In the order of their beginnings. */
  lookup(holder: Kbo, employer: Kbo): readonly Mandate[];
  close(): void;
}

/** Whether one of the mandates lets its holder hand in files of a flow on a day. */
export function mayHandIn(mandates: readonly Mandate[], flow: string, day: IsoDate): boolean {
  return mandates.some(({ flows, period }) => flows.includes(flow) && includesDay(period, day));
}

import type { Change } from './gateway.ts';

/** Files handed in over WebDAV count as complete sooner, so that tests need not wait as long as clients may. */
export const quickSettling: Change = (text) =>
  text
    .replace(/settleSecondsWebdav: 2\b/, 'settleSecondsWebdav: 0.2')
    .replace(/emptySettleSeconds: 10\b/, 'emptySettleSeconds: 0.5');

/** Refused logins have no consequences: for tests whose refusals and honest logins come from one address. */
export const withoutPenalties: Change = (text) =>
  text.replace(/penaltyFromFailures: 4\b/, 'penaltyFromFailures: 1000000');

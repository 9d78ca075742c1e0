import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import type { DemoPlace } from './demo-run.ts';

/** One try to come in over the internet. */
export type DemoVisit = {
  readonly id: string;
  readonly account: string;
  readonly path: string;
  /** The status of HTTP it must get. */
  readonly wanted: number;
  /** What a reader of the table should notice. */
  readonly shows: string;
};

export type DemoVisitOutcome = {
  readonly visit: DemoVisit;
  readonly status: number;
  readonly milliseconds: number;
};

export const DEMO_VISITS: readonly DemoVisit[] = [
  {
    id: '8-internet-person',
    account: 'anna@rjv',
    path: '/files/OUT/ADRM/',
    wanted: 207,
    shows: 'over the internet: a person whom an exception names sees the one flow it is for',
  },
  {
    id: '9-internet-machine',
    account: 'batch@rjv',
    path: '/files/OUT/ADRM/',
    wanted: 403,
    shows: 'over the internet: an application is refused, whatever it shows',
  },
];

/** Comes to the listener of access method internet, as partners would. */
export async function playVisits(place: DemoPlace, port: number): Promise<readonly DemoVisitOutcome[]> {
  const outcomes: DemoVisitOutcome[] = [];
  for (const visit of DEMO_VISITS) {
    const began = performance.now();
    const status = await statusOf(place, port, visit);
    outcomes.push({ visit, status, milliseconds: performance.now() - began });
  }
  return outcomes;
}

async function statusOf(
  { certificates, host }: DemoPlace,
  port: number,
  { account, path }: DemoVisit,
): Promise<number> {
  const [ca, cert, key] = await Promise.all(
    ['server-ca.pem', `${account}.pem`, `${account}.key`].map((name) => readFile(join(certificates, name))),
  );
  return new Promise((resolve, reject) => {
    const headers = { Depth: '1' };
    const sent = request({ host, port, ca, cert, key, path, method: 'PROPFIND', headers, agent: false }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });
}

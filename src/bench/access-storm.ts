/**
 * The storm, in a process of its own: logins that must fail, from many loopback addresses, and connections that say nothing.
 * Bounded in rate, in number and in time; its plan comes as JSON in the first argument, its counts leave as one line.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import ssh2 from 'ssh2';

export type StormPlan = {
  readonly https: number;
  readonly sftp: number;
  readonly seconds: number;
  readonly attemptsPerSecond: number;
  readonly addresses: number;
  readonly silent: number;
  /** A certificate of an issuer that is not trusted for clients, and its key. */
  readonly certificate: string;
  readonly key: string;
};

export type StormCounts = {
  readonly attempts: number;
  /** Not begun, because too many were under way: the storm was weaker than planned. */
  readonly skipped: number;
  /** Came as far as an answer that refuses. */
  readonly refused: number;
  /** Closed before that. */
  readonly dropped: number;
  readonly silentOpened: number;
};

const MAX_UNDER_WAY = 1000;
const ATTEMPT_MS = 5000;
const SILENT_AGAIN_MS = 1000;
/** Attempts come from 127.0.0.2 and up, silent connections from as many addresses after those. */
const FIRST_ADDRESS = 2;
const TICK_MS = 20;

const counts = { attempts: 0, skipped: 0, refused: 0, dropped: 0, silentOpened: 0 };
const { privateKey: strangersKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'sec1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Half without a certificate, half with one of a foreign issuer. */
function overHttps(
  plan: StormPlan,
  localAddress: string,
  withCertificate: boolean,
  done: (refused: boolean) => void,
): void {
  const proof = withCertificate ? { cert: readFileSync(plan.certificate), key: readFileSync(plan.key) } : {};
  const where = { host: '127.0.0.1', port: plan.https, localAddress };
  const socket = connect({ ...where, ...proof, rejectUnauthorized: false });
  let answered = false;
  socket.setTimeout(ATTEMPT_MS, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.once('secureConnect', () => socket.write('GET /files/ HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  socket.once('data', () => {
    answered = true;
    socket.destroy();
  });
  socket.once('close', () => done(answered));
}

function overSftp(plan: StormPlan, localAddress: string, done: (refused: boolean) => void): void {
  const client = new ssh2.Client();
  let refused = false;
  client.on('error', (error) => {
    refused ||= 'level' in error && error.level === 'client-authentication';
  });
  client.once('close', () => done(refused));
  const where = { host: '127.0.0.1', port: plan.sftp, localAddress };
  client.connect({ ...where, username: 'batch@ksz', privateKey: strangersKey, readyTimeout: ATTEMPT_MS });
}

async function attempts(plan: StormPlan, ends: number): Promise<void> {
  const began = performance.now();
  let underWay = 0;
  let due = 0;
  const done = (refused: boolean) => {
    underWay -= 1;
    if (refused) counts.refused += 1;
    else counts.dropped += 1;
  };
  while (performance.now() < ends) {
    const now = performance.now() - began;
    for (; due < (now * plan.attemptsPerSecond) / 1000; due += 1) {
      counts.attempts += 1;
      if (underWay >= MAX_UNDER_WAY) {
        counts.skipped += 1;
        continue;
      }
      underWay += 1;
      const address = `127.0.0.${FIRST_ADDRESS + (due % plan.addresses)}`;
      // Every address tries both protocols in turn.
      const round = Math.floor(due / plan.addresses);
      if (round % 2 === 0) overHttps(plan, address, round % 4 === 0, done);
      else overSftp(plan, address, done);
    }
    await pause(TICK_MS);
  }
}

function keepSilent(plan: StormPlan, ends: number): readonly Set<Socket>[] {
  const open = new Set<Socket>();
  const begin = (index: number) => {
    if (performance.now() >= ends) return;
    counts.silentOpened += 1;
    const localAddress = `127.0.0.${FIRST_ADDRESS + plan.addresses + (index % plan.addresses)}`;
    const socket = connectPlain({ host: '127.0.0.1', port: index % 2 === 0 ? plan.https : plan.sftp, localAddress });
    open.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
    socket.once('close', () => {
      open.delete(socket);
      setTimeout(() => begin(index), SILENT_AGAIN_MS).unref();
    });
  };
  for (let index = 0; index < plan.silent; index += 1) begin(index);
  return [open];
}

const plan = JSON.parse(process.argv[2] ?? '{}') as StormPlan;
const ends = performance.now() + plan.seconds * 1000;
const [silent = new Set<Socket>()] = keepSilent(plan, ends);
await attempts(plan, ends);
for (const socket of silent) socket.destroy();
process.stdout.write(`${JSON.stringify(counts satisfies StormCounts)}\n`);
process.exit(0);

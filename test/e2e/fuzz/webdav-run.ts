import { once } from 'node:events';
import fc from 'fast-check';
import { AuditTrail } from '../../support/audit-trail.ts';
import { eventually } from '../../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../../support/gateway.ts';
import { readAnswers, type WireAnswer } from '../../support/http-answers.ts';
import { WebdavClient } from '../../support/partner-client.ts';
import { descriptorsOf } from '../../support/process-state.ts';
import { openTls } from '../../support/raw-sockets.ts';
import { withoutPenalties } from '../../support/settle.ts';
import { type FuzzRequest, fuzzRequest } from './webdav-requests.ts';

const ACCOUNT = 'anna@ksz';
const OWNER = 'anna@rjv';
const CANARY = 'the canary is well';
/** Stands in a folder of which the fuzzing account knows nothing. */
const SECRET = 'S3CRET-7f3a9d';

/** Connections at a time; a principal may have 20. */
const AT_ONCE = 16;
/** A client that hears nothing for this long ends its side: nothing at all, or nothing more. */
const NOTHING_MS = 150;
const NO_MORE_MS = 20;
const DEADLINE_MS = 10_000;

const ALLOWED: ReadonlySet<number> = new Set([
  ...[100, 200, 201, 202, 204, 206, 207, 302, 304],
  ...[400, 403, 404, 405, 408, 409, 412, 413, 414, 415, 416, 417, 423, 429, 431, 501, 502, 505, 507],
]);
const LEAK = /node:|\.[jt]s:\d|\n\s+at |node_modules|root:x:0/;

export type FuzzLimits = { readonly seed: number; readonly milliseconds: number; readonly maxRequests: number };
export type FuzzCounts = {
  readonly requests: number;
  readonly unanswered: number;
  readonly statuses: Readonly<Record<number, number>>;
};

/** A gateway with a folder that the fuzzing account may only read, and one that it may not even see. */
export async function fuzzedGateway(): Promise<RunningGateway> {
  const folders = (text: string) =>
    `${text}\n  - path: /SHARED/canary\n    content: reviewed\n    approver: nobody\n    grants:\n` +
    '      - { partner: rjv, rights: all, reason: the canary }\n' +
    '      - { partner: ksz, rights: [list, view, read], reason: the canary }\n' +
    '  - path: /SHARED/secret\n    content: reviewed\n    approver: nobody\n    grants:\n' +
    '      - { partner: rjv, rights: all, reason: the canary }\n';
  const change = { 'gateway.yaml': withoutPenalties, 'folders.yaml': folders };
  const gateway = await startGateway({ change });
  const owner = await WebdavClient.open(gateway, OWNER);
  await owner.put('/SHARED/canary/canary.txt', CANARY);
  await owner.put('/SHARED/secret/secret.txt', SECRET);
  owner.close();
  return gateway;
}

/**
 * Throws random requests at a started gateway until the time or the number is used up.
 * @throws Error with the seed and the smallest request found, where a promise is broken
 */
export async function fuzzWebdav(limits: FuzzLimits): Promise<FuzzCounts> {
  const gateway = await fuzzedGateway();
  try {
    const pid = gateway.process.pid ?? 0;
    const descriptors = await descriptorsOf(pid);
    const counts = { requests: 0, unanswered: 0, statuses: {} as Record<number, number> };
    const property = fc.asyncProperty(
      fc.array(fuzzRequest, { minLength: 1, maxLength: AT_ONCE, size: 'max' }),
      async (requests) => {
        const logged = gateway.log.length;
        const all = await Promise.all(requests.map((request) => ask(gateway, request)));
        counts.requests += requests.length;
        for (const answers of all) {
          if (answers.length === 0) counts.unanswered += 1;
          for (const answer of answers) {
            assertAllowed(answer, gateway.folder);
            counts.statuses[answer.status] = (counts.statuses[answer.status] ?? 0) + 1;
          }
        }
        const fault = gateway.log.slice(logged).find((line) => /"level":(50|60)/.test(line));
        if (fault !== undefined) throw new Error(`a fault in the log: ${fault}`);
        if (gateway.process.exitCode !== null || gateway.process.signalCode !== null)
          throw new Error('the process ended');
      },
    );
    await fc.assert(property, {
      seed: limits.seed,
      numRuns: Math.ceil(limits.maxRequests / AT_ONCE),
      interruptAfterTimeLimit: limits.milliseconds,
      markInterruptAsFailure: false,
    });
    await assertUnharmed(gateway);
    await eventually('the descriptors to be given back', async () =>
      (await descriptorsOf(pid)) <= descriptors ? true : undefined,
    );
    return counts;
  } finally {
    await gateway.stop();
    await removeFolder(gateway);
  }
}

/** Sends the bytes and reads until the gateway closes. @throws Error where what comes back is not HTTP */
async function ask(gateway: RunningGateway, request: FuzzRequest): Promise<readonly WireAnswer[]> {
  const socket = await openTls(gateway, ACCOUNT);
  const chunks: string[] = [];
  const leave = (): unknown => socket.end();
  let quiet = setTimeout(leave, NOTHING_MS);
  const deadline = setTimeout(() => socket.destroy(new Error('neither answered nor closed')), DEADLINE_MS);
  let fault: Error | undefined;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk.toString('latin1'));
    clearTimeout(quiet);
    quiet = setTimeout(leave, NO_MORE_MS);
  });
  socket.once('error', (error) => {
    if (!('code' in error)) fault = error;
  });
  socket.write(Buffer.from(request, 'latin1'));
  await once(socket, 'close');
  clearTimeout(quiet);
  clearTimeout(deadline);
  if (fault !== undefined) throw fault;
  const text = chunks.join('');
  const read = readAnswers(text, request.trimStart().startsWith('HEAD '));
  // Which of several answers belongs to a HEAD is not to be told from outside; a fault counts where there is one request.
  if (read.fault !== undefined && !/HEAD /.test(request)) throw new Error(`not HTTP: ${read.fault}`);
  if (text.includes(SECRET)) throw new Error('a secret came out');
  return read.answers;
}

function assertAllowed({ status, headers, body }: WireAnswer, folder: string): void {
  if (!ALLOWED.has(status)) throw new Error(`the status ${status}: ${body}`);
  if (status >= 200 && headers.get('server') !== 'Sluis') throw new Error(`an answer of somebody else: ${status}`);
  if ([...headers.keys()].some((name) => name.startsWith('access-control-'))) throw new Error('other sites are let in');
  if (status >= 400 && (LEAK.test(body) || body.includes(folder))) throw new Error(`a leak: ${body}`);
}

/** Nothing changed that this account may not change, and ordinary work goes on. */
async function assertUnharmed(gateway: RunningGateway): Promise<void> {
  const owner = await WebdavClient.open(gateway, OWNER);
  const found = [
    ...(await owner.list('/SHARED/canary')),
    (await owner.get('/SHARED/canary/canary.txt')).toString(),
    ...(await owner.list('/SHARED/secret')),
    (await owner.get('/SHARED/secret/secret.txt')).toString(),
  ].join();
  owner.close();
  const expected = ['canary.txt', CANARY, 'secret.txt', SECRET].join();
  if (found !== expected) throw new Error(`the canary: ${found}`);
  const audit = new AuditTrail(gateway);
  for (const kind of ['publish', 'copy', 'move', 'delete', 'make-folder', 'lock', 'proppatch']) {
    for (const { fields } of await audit.all({ kind, outcome: 'done', fields: { principal: ACCOUNT } })) {
      const paths = [fields.path, fields.to].filter((path) => path !== undefined).map(String);
      const outside = paths.filter((path) => !/^\/(SHARED\/work|IN(TEST|TEST-S)?\/ADRM|OUT(TEST)?\/ADRM)\//.test(path));
      if (outside.some((path) => !(kind === 'copy' && path === fields.path)))
        throw new Error(`${kind} of ${outside.join()}`);
    }
  }
}

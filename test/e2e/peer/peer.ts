import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { converse } from '../../support/conversation.ts';
import { openPlain } from '../../support/raw-sockets.ts';
import { type Case, LOCKED, raw, request, TOKEN } from '../hostile-requests/case.ts';

/** What became of one request: the process ended, nothing came within a second, or these statuses. */
export type Fate =
  | { readonly kind: 'killed' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'answered'; readonly statuses: readonly number[] };

const AT_ONCE = 4;
const WORD_MS = 10_000;
const ENDING_MS = 2_000;
const SILENT_MS = 1_000;
const LOCKINFO =
  '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner>o</owner></lockinfo>';
const LAST = raw('OPTIONS / HTTP/1.1', 'Host: localhost', 'Connection: close');

type Running = { readonly child: ChildProcess; readonly port: number; readonly gone: Promise<undefined> };

/** One `webdav-server`, started again whenever a request has ended it. */
class Peer {
  #running: Running | undefined;

  /** Sends one request to a tree that was made for it. */
  async fateOf({ bytes, expected, ends }: Case): Promise<Fate> {
    this.#running ??= await start();
    const { child, port, gone } = this.#running;
    const answers = expected.filter((status) => status >= 200).length;
    const statuses = await this.#talk(port, bytes, answers, ends).catch(() => undefined);
    // What it does after its answer may end it too.
    const isWell = child.connected && (await messageOf(child, gone, 'anew')) !== undefined;
    if (isWell) return statuses === undefined ? { kind: 'silent' } : { kind: 'answered', statuses };
    const end = await Promise.race([gone, delay(ENDING_MS, 'still there')]);
    this.close();
    return { kind: end === undefined ? 'killed' : 'silent' };
  }

  close(): void {
    this.#running?.child.kill('SIGKILL');
    this.#running = undefined;
  }

  /** @returns undefined where nothing came */
  async #talk(
    port: number,
    bytes: Buffer,
    answers: number,
    ends: boolean | undefined,
  ): Promise<readonly number[] | undefined> {
    const socket = await openPlain(port);
    const sent = bytes.includes(TOKEN) ? await this.#withToken(port, bytes) : bytes;
    const { answers: got, fault } = await converse(socket, {
      bytes: sent,
      answers,
      ends,
      last: LAST,
      deadlineMs: SILENT_MS,
    });
    return got.length === 0 && fault?.startsWith('open') ? undefined : got.map(({ status }) => status);
  }

  async #withToken(port: number, bytes: Buffer): Promise<Buffer> {
    const lock = request('LOCK', LOCKED, ['Depth: 0', 'Connection: close'], LOCKINFO);
    const { answers } = await converse(await openPlain(port), {
      bytes: lock,
      answers: 1,
      last: LAST,
      deadlineMs: SILENT_MS,
    });
    const token = answers[0]?.headers.get('lock-token')?.replace(/[<>]/g, '') ?? 'none:given';
    return Buffer.from(bytes.toString('latin1').replaceAll(TOKEN, token), 'latin1');
  }
}

async function start(): Promise<Running> {
  const child = fork(join(import.meta.dirname, 'webdav-server.ts'), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  });
  child.on('error', () => undefined);
  const gone = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
  const said = await messageOf(child, gone);
  if (said === undefined) throw new Error('webdav-server did not start');
  return { child, port: Number(Reflect.get(said, 'port')), gone };
}

/** What the process says next, undefined where it ends first or says nothing. */
async function messageOf(
  child: ChildProcess,
  gone: Promise<undefined>,
  question?: string,
): Promise<object | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), WORD_MS);
  const said = new Promise<object>((resolve) => child.once('message', (message) => resolve(Object(message))));
  if (question !== undefined) child.send(question, () => undefined);
  try {
    return await Promise.race([said, gone, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the answers are those of the table; what follows on a connection that stays open is not counted. */
export function isAsExpected(fate: Fate, { expected }: Case): boolean {
  return fate.kind === 'answered' && expected.every((status, index) => fate.statuses[index] === status);
}

/** What becomes of each of these requests, in their order; several processes share them. */
export async function fatesOf(cases: readonly Case[]): Promise<readonly Fate[]> {
  const fates: Fate[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const peer = new Peer();
    for (let one = cases[next]; one !== undefined; one = cases[next]) {
      const index = next++;
      fates[index] = await peer.fateOf(one);
    }
    peer.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return fates;
}

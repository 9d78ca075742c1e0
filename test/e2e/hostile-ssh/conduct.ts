import type { EdPair } from '../../support/ssh-wire.ts';
import { ask, type Case, CONTENT, FILE, SFTP, str } from './case.ts';
import { LOGIN, Scene } from './scene.ts';

/** What came back of a case, in words; the last is `goes on` or `closed`. */
export type Outcome = { readonly told: readonly string[]; readonly sentences: readonly string[] };

export type Place = {
  readonly port: number;
  readonly keys: ReadonlyMap<string, EdPair>;
  readonly foreign: string;
  readonly address: string;
};

/** Does what a case says on a connection of its own, and then what an honest client does. */
export async function conduct({ port, keys, foreign, address }: Place, one: Case): Promise<Outcome> {
  const { account: login = LOGIN, cipher } = one;
  const key = keys.get(login);
  if (key === undefined) throw new Error(`no key of ${login}`);
  const scene = await Scene.open(port, { login, key, foreign, cipher, address });
  try {
    await scene.advance('connected', one.from);
    if (one.from === 'sftp') await scene.prepare(one.steps);
    await act(scene, one);
    const told = one.to === undefined ? await untilClosed(scene, one) : await untilOn(scene, one, one.to);
    return { told: told.map((answer) => answer.replace(/^HANDLE .*/, 'HANDLE')), sentences: scene.sentences };
  } finally {
    scene.peer.socket.destroy();
  }
}

async function act(scene: Scene, { steps, ends }: Case): Promise<void> {
  for (const step of steps) {
    if (typeof step === 'function') await step(scene);
    else if (Buffer.isBuffer(step)) scene.peer.send(step);
    else if ('raw' in step) scene.peer.write(step.raw);
    else scene.peer.send(step.payload, step.faults);
  }
  if (ends) scene.peer.end();
}

async function untilClosed(scene: Scene, { expected, leaves }: Case): Promise<readonly string[]> {
  const told: string[] = [...scene.heard];
  if (leaves && told.length === expected.length) scene.peer.end();
  for (let next = await scene.next(); next !== undefined; next = await scene.next()) {
    told.push(next);
    if (leaves && told.length === expected.length) scene.peer.end();
  }
  return [...told, 'closed'];
}

/** Reads what is expected, goes on as an honest client, and asks for one thing more. */
async function untilOn(scene: Scene, { expected }: Case, to: NonNullable<Case['to']>): Promise<readonly string[]> {
  const told: string[] = [...scene.heard];
  while (told.length < expected.length) {
    const next = await scene.next();
    if (next === undefined) return [...told, 'closed'];
    told.push(next);
  }
  await scene.advance(to, 'sftp');
  scene.sendData(ask(SFTP.STAT, str(FILE)));
  const last = await scene.next();
  return [...told, last === `ATTRS ${CONTENT.length}` ? 'goes on' : `${last}`];
}

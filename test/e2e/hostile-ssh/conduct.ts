import type { EdPair } from '../../support/ssh-wire.ts';
import { ask, type Case, FILE, SFTP, str } from './case.ts';
import { Scene } from './scene.ts';

/** What came back of a case, in words; the last is `goes on` or `closed`. */
export type Outcome = { readonly told: readonly string[]; readonly sentences: readonly string[] };

export type Place = { readonly port: number; readonly login: string; readonly key: EdPair; readonly foreign: string };

/** Does what a case says on a connection of its own, and then what an honest client does. */
export async function conduct({ port, ...who }: Place, one: Case): Promise<Outcome> {
  const scene = await Scene.open(port, who);
  const told: string[] = [];
  try {
    await scene.advance('connected', one.from);
    if (one.from === 'sftp') await scene.prepare(one.steps);
    for (const step of one.steps) {
      if (typeof step === 'function') await step(scene);
      else if (Buffer.isBuffer(step)) scene.peer.send(step);
      else if ('raw' in step) scene.peer.write(step.raw);
      else scene.peer.send(step.payload, step.faults);
    }
    if (one.ends) scene.peer.end();
    if (one.to === undefined) {
      for (let next = await scene.next(); next !== undefined; next = await scene.next())
        told.push(told.length < 600 ? next : 'more');
      return { told: [...told.map(withoutHandle), 'closed'], sentences: scene.sentences };
    }
    while (told.length < one.expected.length) {
      const next = await scene.next();
      if (next === undefined) return { told: [...told.map(withoutHandle), 'closed'], sentences: scene.sentences };
      told.push(next);
    }
    await scene.advance(one.to, 'sftp');
    scene.sendData(ask(SFTP.STAT, str(FILE)));
    const last = await scene.next();
    return {
      told: [...told.map(withoutHandle), last === 'ATTRS 5' ? 'goes on' : `${last}`],
      sentences: scene.sentences,
    };
  } finally {
    scene.peer.end();
    scene.peer.socket.destroy();
  }
}

function withoutHandle(told: string): string {
  return told.startsWith('HANDLE ') ? 'HANDLE' : told;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Session } from '../domain/principal.ts';
import { type RszName, splitRszName } from '../domain/rsz-name.ts';
import { isFinal, type Submission } from '../domain/submission.ts';
import { INTAKES } from '../domain/tree.ts';
import { parseVPath, type VPath } from '../domain/vpath.ts';
import { uploadFile } from '../pipeline/drop-file.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Uploads } from '../vfs/files.ts';
import { type Asked, type Sender, senderOf } from './sender.ts';
import { traceOf } from './trace.ts';

/** How long the caller waits for the answer; the file goes its way without him. */
const WAIT_MS = 20_000;
const LOOK_MS = 100;

export type HandedIn = { readonly path: VPath; readonly submission?: Awaited<ReturnType<typeof traceOf>> | undefined };

type Parts = {
  readonly uploads: Uploads;
  readonly ledger: Ledger;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
};

/** Hands in a local file as a machine account, by the door of every upload, as the drop folder does. */
export class HandIn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns what became of it, as far as that is known after some seconds @throws GatewayError as `Uploads.begin` */
  async take(asked: Asked): Promise<HandedIn> {
    const sender = senderOf(this.#parts.generation.value, asked);
    if (sender.principal.kind !== 'machine') {
      throw new GatewayError('not-allowed', 'a person hands in himself; --as takes a machine account');
    }
    const environment = asked.environment ?? environmentOf(sender.name) ?? 'R';
    const path = intakePath(sender, environment);
    const since = this.#parts.clock.now();
    await uploadFile(this.#parts.uploads, sessionOf(sender), asked.file, path);
    const submission = await this.#answered(sender, environment, since);
    return { path, submission: submission && (await traceOf(this.#parts.ledger, submission.ticket)) };
  }

  async #answered(sender: Sender, environment: Environment, since: number): Promise<Submission | undefined> {
    const { ledger, clock } = this.#parts;
    const where = { partner: sender.partner.id, flow: sender.flow.code, environment, fileName: sender.name, since };
    const end = clock.monotonic() + WAIT_MS;
    for (;;) {
      const [latest] = await ledger.read({ kind: 'submissionsByName', ...where });
      if ((latest !== undefined && isFinal(latest.state)) || clock.monotonic() >= end) return latest;
      await wait(LOOK_MS);
    }
  }
}

function intakePath({ partner, flow, name }: Sender, environment: Environment): VPath {
  const [folder] = Object.entries(INTAKES).find(([, letter]) => letter === environment) ?? ['IN'];
  return parseVPath(partner.layout === 'flat' ? `/${folder}/${name}` : `/${folder}/${flow.code}/${name}`);
}

/** What the name of a set says of itself. */
function environmentOf(name: string): Environment | undefined {
  const split = splitRszName(name);
  const letter = 'name' in split ? (split.name satisfies RszName).environment : undefined;
  return letter === 'R' || letter === 'T' || letter === 'S' ? letter : undefined;
}

function sessionOf({ principal }: Sender): Session {
  return {
    ...{ id: randomUUID(), principal, protocol: 'watcher', accessMethod: 'line', remoteAddress: 'local', level: 1 },
    ...{ needs: { level: 1, rule: 'control-socket' }, fingerprint: '' },
  };
}

import { SshDoor } from './access/ssh-door.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { LocallyRevokedKeys, type LocalRevocations } from './pki/local-revocation.ts';
import { KrlFiles } from './pki/ssh-revocation.ts';

const KRL_RELOAD_MS = 2_000;
const MAX_KRL_BYTES = 64 * 1024 * 1024;

type Parts = {
  readonly revoked: LocalRevocations;
  readonly generation: Current<Generation>;
  readonly logger: Logger;
  readonly clock: Clock;
};

/** The rules for SSH keys and certificates, and the lists of those that were revoked, read again every few seconds. */
export async function openSshDoor(
  { revoked, generation, logger, clock }: Parts,
  closers: (() => Promise<unknown>)[],
): Promise<SshDoor> {
  const trust = {
    get value() {
      return generation.value.ssh;
    },
  };
  const lists = new KrlFiles({ trust, maxFileBytes: MAX_KRL_BYTES });
  const told = new Map<string, string>();
  const reload = async () => {
    const problems = await lists.reload();
    for (const file of told.keys()) if (!problems.some((problem) => problem.file === file)) told.delete(file);
    for (const { file, reason } of problems) {
      if (told.get(file) === reason) continue;
      told.set(file, reason);
      logger.error({ alarm: 'krl', file, reason }, 'a list of revoked SSH keys can not be used');
    }
  };
  await reload();
  const reloads = setInterval(() => void reload(), KRL_RELOAD_MS);
  closers.push(async () => clearInterval(reloads));
  return new SshDoor({ trust, revocation: new LocallyRevokedKeys(revoked, lists), clock });
}

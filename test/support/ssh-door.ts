import { SshDoor } from '../../src/access/ssh-door.ts';
import { systemClock } from '../../src/domain/clock.ts';

/** A door where registered keys count, no authority is listed and nothing is revoked. */
export function plainSshDoor(): SshDoor {
  const revocation = { version: 0, statusOf: async () => 'good' as const };
  return new SshDoor({ trust: { value: { authorities: [] } }, revocation, clock: systemClock });
}

import { open } from 'node:fs/promises';
import { GatewayError } from '../domain/errors.ts';
import { secretFileFault } from '../domain/secret-file.ts';

const MAX_BYTES = 4096;

/**
 * The one line of a file that holds a secret, read anew each time, so that a new secret counts at once.
 * @throws GatewayError `unavailable` where it cannot be read, or is open to others
 */
export async function readSecretLine(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const facts = await handle.stat();
      const own = process.getuid?.();
      const fault = secretFileFault({ isFile: facts.isFile(), mode: facts.mode, uid: facts.uid }, own);
      if (fault !== undefined) throw new Error(`${file}: ${fault}`);
      if (facts.size > MAX_BYTES) throw new Error(`${file}: it has more than ${MAX_BYTES} bytes`);
      return (await handle.readFile('utf8')).trim();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unusable(cause);
  }
}

/** What the account is told of a secret that is no use; the cause is for the log. */
export function unusable(cause: unknown): GatewayError {
  return new GatewayError('unavailable', 'your second factor cannot be checked now; tell the helpdesk', { cause });
}

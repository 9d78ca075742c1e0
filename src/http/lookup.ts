import { GatewayError } from '../domain/errors.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Entry, Files } from '../vfs/files.ts';

/** What stands under a name, or undefined where it is absent or this principal may not know of it. */
export async function statIfAny(files: Files, session: Session, path: VPath): Promise<Entry | undefined> {
  try {
    return await files.stat(session, path);
  } catch (error) {
    if (error instanceof GatewayError && (error.code === 'not-found' || error.code === 'not-allowed')) return undefined;
    throw error;
  }
}

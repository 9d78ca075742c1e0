import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '../../src/config/load.ts';
import { makeDemoPki } from '../../src/pki/demo-ca.ts';

/** Grows with what the demo's certificates say: files that are there are not made again. */
const PROFILE = 2;
const CONFIG = fileURLToPath(new URL('../../config', import.meta.url));

/**
 * A folder with demo keys for every account of the shipped configuration, made once per machine and user: making 20 RSA
 * keys takes seconds, and no test changes them.
 */
export async function demoPki(): Promise<string> {
  const directory = join(tmpdir(), `sluis-test-pki-${PROFILE}-${process.getuid?.() ?? 0}`);
  const loaded = await loadConfiguration(CONFIG, { keyFiles: 'may-be-absent' });
  if (!loaded.ok) throw new Error('the shipped configuration has problems');
  const accounts = loaded.settings.generation.partners.flatMap((partner) =>
    partner.accounts.map(({ kind, id }) => ({ kind, id, partner: partner.id, kbo: partner.kbo })),
  );
  await makeDemoPki({ directory, accounts, sftpHosts: ['127.0.0.1', 'localhost'], now: Date.now() });
  return directory;
}

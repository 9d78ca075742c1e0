import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/load.ts';
import { AuditTrail } from './audit-trail.ts';
import { eventually } from './eventually.ts';
import type { Change, RunningGateway } from './gateway.ts';

/** Replaces one file of a running gateway's configuration, as an editor does: beside it, then renamed. */
export async function editConfig(gateway: RunningGateway, name: string, change: Change): Promise<void> {
  const file = join(gateway.config, name);
  const text = await readFile(file, 'utf8');
  const edited = change(text);
  if (edited === text) throw new Error(`the change to ${name} changed nothing`);
  await writeFile(join(gateway.config, '.being-edited'), edited);
  await rename(join(gateway.config, '.being-edited'), file);
}

/** Edits a file and waits until the generation with it is in force. @returns the id of that generation */
export async function takeUp(gateway: RunningGateway, name: string, change: Change): Promise<string> {
  const audit = new AuditTrail(gateway);
  const before = (await audit.all({ kind: 'generation', outcome: 'done' })).length;
  await editConfig(gateway, name, change);
  const line = await eventually(`a generation with the new ${name}`, async () => {
    const lines = await audit.all({ kind: 'generation', outcome: 'done' });
    return lines.length > before ? lines.at(-1) : undefined;
  });
  const id = String(line.fields.to);
  await eventually('the generation to be in force', () =>
    gateway.log.some((entry) => entry.includes(id) && entry.includes('is in force')) ? true : undefined,
  );
  return id;
}

/** Edits several files, of which some may be as wanted already, and waits until the generation of them all is in force. */
export async function takeUpAll(gateway: RunningGateway, changes: Readonly<Record<string, Change>>): Promise<string> {
  const known = gateway.log.length;
  let changed = false;
  for (const [name, change] of Object.entries(changes)) {
    const text = await readFile(join(gateway.config, name), 'utf8');
    if (change(text) === text) continue;
    await editConfig(gateway, name, change);
    changed = true;
  }
  const loaded = await loadConfiguration(gateway.config);
  if (!loaded.ok) throw new Error(`the edited configuration has problems: ${JSON.stringify(loaded.problems)}`);
  const { id } = loaded.settings.generation;
  if (!changed) return id;
  await eventually('the edited generation to be in force', () =>
    gateway.log.slice(known).some((entry) => entry.includes(id) && entry.includes('is in force')) ? true : undefined,
  );
  return id;
}

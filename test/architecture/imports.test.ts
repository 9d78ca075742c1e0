import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

/** Which folder of src/ may import which other; type-only imports count. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  texts: ['domain'],
  formats: ['domain'],
  storage: ['domain'],
  directory: ['domain'],
  pki: ['domain'],
  config: ['domain'],
  audit: ['domain', 'storage'],
  evidence: ['domain', 'pki'],
  access: ['domain', 'audit', 'pki', 'storage'],
  listen: ['domain', 'access'],
  vfs: ['domain', 'storage', 'audit', 'access'],
  pipeline: ['domain', 'storage', 'directory', 'audit', 'formats', 'evidence', 'vfs', 'pki', 'texts'],
  submissions: [
    'domain',
    'storage',
    'directory',
    'pipeline',
    'evidence',
    'audit',
    'vfs',
    'access',
    'pki',
    'texts',
    'formats',
  ],
  http: ['domain', 'vfs'],
  webdav: ['domain', 'access', 'vfs', 'texts', 'http'],
  sftp: ['domain', 'access', 'vfs', 'texts'],
  portal: ['domain', 'access', 'vfs', 'submissions', 'texts', 'http', 'storage'],
  ops: ['domain', 'storage', 'directory', 'audit'],
  processes: ['domain', 'storage', 'audit', 'access', 'vfs', 'submissions'],
};

/** Folders that put the parts together and may import all of them. */
const FREE = new Set(['bench', 'commands']);
const IMPORT = /(?:from\s+|import\s*\(\s*|import\s+|new URL\(\s*)'(\.{1,2}\/[^']+)'/g;

const root = join(import.meta.dirname, '../../src');
const files = globSync('**/*.{ts,tsx}', { cwd: root }).map(normalize);

/** `pipeline/receive.ts → storage/ledger.ts`, of every relative import. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, target]) => relative(root, join(root, dirname(file), target ?? '')));
}

test('the table of imports is followed by every file of src/', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = file.includes('/') ? (file.split('/')[0] ?? '') : '';
    if (room === '' || FREE.has(room)) continue;
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) wrong.push(`${file} lies in a folder the table does not know`);
    for (const target of importsOf(file)) {
      const other = target.split('/')[0] ?? '';
      if (other !== room && !allowed?.includes(other)) wrong.push(`${file} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('browser code imports its own files, and of the rest of the product only the types of the API', () => {
  const wrong: string[] = [];
  for (const file of files.filter((one) => one.startsWith('portal/web/'))) {
    const text = readFileSync(join(root, file), 'utf8');
    const types = new Set(
      [...text.matchAll(/^(?:import|export) type[^;]*?from '(\.[^']+)'/gms)].map(([, target]) =>
        relative(root, join(root, dirname(file), target ?? '')),
      ),
    );
    for (const target of importsOf(file)) {
      const isSchema = target.startsWith('portal/schemas/') && types.has(target);
      if (!target.startsWith('portal/web/') && !isSchema) wrong.push(`${file} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the table is read against real imports', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(importsOf('vfs/vfs.ts')).toContain('storage/ledger.ts');
});

test('only the command itself ends the process, and no part reads the environment', () => {
  const wrong = files.filter((file) => {
    if (file === 'main.ts' || file.startsWith('bench/')) return false;
    return /process\.(exit\(|env\b)/.test(readFileSync(join(root, file), 'utf8'));
  });
  expect(wrong).toEqual([]);
});

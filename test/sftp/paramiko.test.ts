import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasTool } from '../support/tools.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const run = promisify(execFile);
/** Debian's own: its python3-paramiko is not seen by another. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('./drive_paramiko.py', import.meta.url));

let fixture: SftpFixture;
beforeAll(async () => {
  fixture = await startSftp();
});
afterAll(() => fixture.close());

test.skipIf(!hasTool('paramiko'))(
  'paramiko writes in odd orders and leaves gaps, reads ahead and in vectors, checks by digest, edits and appends',
  async () => {
    await fixture.batch('batch@ksz', ['mkdir /SHARED/work/paramiko']);
    const words = [SCRIPT, String(fixture.port), 'batch@ksz', fixture.keyFile('batch@ksz'), '/SHARED/work/paramiko'];
    const { stdout } = await run(PYTHON, ['-W', 'ignore', ...words], { timeout: 30_000 });
    expect(stdout.trim().split('\n')).toEqual([
      "odd b'abcdef\\x00\\x00ijkl'",
      "readv [b'ij', b'abc', b'ef']",
      'check True',
      'size 256004',
      "names ['odd', 'renamed']",
      'sparse True',
      "prefetch True b'\\x00\\x00bb'",
      'blocks True',
      'part True',
      'md5 files are checked by sha256 here',
      'x a file stands under this name',
      "r+ b'zero'",
      "unseen b'Zero two'",
      "words b'Zero two three fo'",
      'absent [Errno 2] there is nothing under this name',
    ]);
  },
);

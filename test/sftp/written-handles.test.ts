import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { ALL_RIGHTS, type Right } from '../../src/domain/principal.ts';
import { STATUS } from '../../src/sftp/errors.ts';
import { CREATE_NEW, OK, OPEN, RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

let fixture: SftpFixture;
beforeAll(async () => {
  fixture = await startSftp();
});
afterAll(() => fixture.close());

function without(right: Right, of: Generation): Generation {
  const rights = ALL_RIGHTS.filter((one) => one !== right);
  const folders = of.folders.map((folder) => ({
    ...folder,
    grants: folder.grants.map((grant) => ({ ...grant, rights })),
  }));
  return { ...of, folders };
}

test('what stood there is not given, through a handle that was written, to somebody who may overwrite and not read', async () => {
  const sftp = await RawSftp.open(fixture, 'batch@ksz');
  await sftp.put('/SHARED/work/secret', 'what others wrote');
  const readers = await sftp.handle('/SHARED/work/secret', OPEN.READ | OPEN.WRITE);
  await sftp.write(readers, 0, 'W');
  expect((await sftp.read(readers, 0, 100)).data?.toString()).toBe('What others wrote');
  expect(await sftp.close(readers)).toMatchObject({ code: OK });
  fixture.tree.current.value = without('read', fixture.tree.current.value);
  const handle = await sftp.handle('/SHARED/work/secret', OPEN.READ | OPEN.WRITE);
  await sftp.write(handle, 0, 'w');
  expect((await sftp.read(handle, 0, 100)).code).toBe(STATUS.PERMISSION_DENIED);
  await sftp.close(handle);
  const own = await sftp.handle('/SHARED/work/own', OPEN.READ | CREATE_NEW);
  await sftp.write(own, 0, 'mine');
  expect((await sftp.read(own, 0, 100)).data?.toString()).toBe('mine');
  await sftp.close(own);
  sftp.client.end();
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseVPath, type VPath } from '../../src/domain/vpath.ts';
import { PlainTextReader } from '../../src/vfs/plain-text.ts';
import { generation, session } from '../support/generation.ts';
import { openTree, type TreeParts } from '../support/parts.ts';

/** Of series 900 and above: nobody's. Both pass every check; the first stands in the directory of the test. */
const KNOWN = '90020190004';
const VALID = '90020190103';

const anna = session('anna@ksz');
let tree: TreeParts;

beforeEach(async () => {
  const [work] = generation().folders;
  if (work === undefined) throw new Error('the shared folder is missing');
  const value = generation({ folders: [{ ...work, content: 'non-personal' }] });
  tree = await openTree(value, (person) => person === KNOWN);
});
afterEach(() => tree.close());

async function put(content: string | Uint8Array, path = '/SHARED/work/a.txt'): Promise<string> {
  const upload = await tree.vfs.uploads.begin(anna, parseVPath(path), { condition: 'any', startFrom: 'empty' });
  await upload.write(0, Buffer.from(content));
  return upload.commit().then(
    () => 'taken',
    (error: { message: string }) => error.message,
  );
}

async function isThere(path = '/SHARED/work/a.txt'): Promise<boolean> {
  return (await tree.ledger.read({ kind: 'entry', path: parseVPath(path) })) !== undefined;
}

const NOT_TEXT = 'this folder takes plain text (UTF-8) only; other files need a reviewed folder';
const PUT_ASIDE = 'this folder takes nothing about persons: the file was put aside, and the hub looks at it';

describe('a folder that is about nobody', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['text', 'a plan\r\n\tfor März\n', 'taken'],
    ['a number that is merely valid', `reference ${VALID}\n`, 'taken'],
    ['a number in the directory, as part of a longer one', `1${KNOWN} and ${KNOWN}2`, 'taken'],
    ['a number in the directory', `first;${KNOWN};last`, PUT_ASIDE],
    ['the same as it is printed', 'no. 90.02.01-900.04.', PUT_ASIDE],
    ['a zip file', Buffer.from('504b0304140000000800', 'hex'), NOT_TEXT],
    ['text of another charset', Buffer.from('M\xe4rz', 'latin1'), NOT_TEXT],
    ['text with a control character', 'a\u0000b', NOT_TEXT],
  ])('%s', async (_, content, answer) => {
    expect(await put(content)).toBe(answer);
    expect(await isThere()).toBe(answer === 'taken');
  });

  test('what was put aside is kept where nobody sees it, and its line says where', async () => {
    await put(`${'x'.repeat(200_000)} ${KNOWN}`);
    const line = (await tree.auditLines()).find(({ kind }) => kind === 'quarantined');
    expect(line?.fields).toMatchObject({
      principal: 'anna@ksz',
      path: '/SHARED/work/a.txt',
      persons: 1,
      size: 200_012,
    });
    expect(JSON.stringify(line)).not.toContain(KNOWN);
    const aside = String(line?.fields.aside);
    expect(await tree.ledger.read({ kind: 'entry', path: aside as VPath })).toMatchObject({ size: 200_012 });
    await expect(tree.vfs.stat(anna, parseVPath(aside))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('more than 10 MB is too large, and a file from another folder is not moved in', async () => {
    const begin = tree.vfs.uploads.begin(anna, parseVPath('/SHARED/work/b.txt'), {
      ...{ condition: 'any', startFrom: 'empty', sizeHint: 10_000_001 },
    });
    await expect(begin).rejects.toMatchObject({ code: 'too-large' });
    expect(await put('x', '/IN/ADRM/c.txt')).toBe('taken');
    await expect(
      tree.vfs.copy(anna, parseVPath('/IN/ADRM/c.txt'), parseVPath('/SHARED/work/c.txt'), {
        overwrite: false,
        recursive: true,
      }),
    ).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

test('a number is found wherever a text is cut', () => {
  const text = Buffer.from(`${'y'.repeat(50)} ${KNOWN} ${'ü'.repeat(40)}`);
  for (let at = 0; at <= text.length; at++) {
    const reader = new PlainTextReader();
    reader.push(text.subarray(0, at));
    reader.push(text.subarray(at));
    expect([...(reader.end() ?? [])], `cut at ${at}`).toEqual([KNOWN]);
  }
});

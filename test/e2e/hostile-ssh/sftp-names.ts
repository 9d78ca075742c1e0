import {
  answered,
  ask,
  type Cause,
  extended,
  FILE,
  FOLDER,
  INNER,
  logged,
  NOTHING,
  READ,
  refused,
  SFTP,
  str,
  u32,
  WORK,
} from './case.ts';

const [DENIED, FAILURE, ABSENT] = ['STATUS 3', 'STATUS 4', 'STATUS 2'];
const rename = (from: string, to: string) => ask(SFTP.RENAME, str(from), str(to));
const posix = (from: string, to: string) => extended('posix-rename@openssh.com', str(from), str(to));
const open = (path: string, flags: number) => ask(SFTP.OPEN, str(path), u32(flags), NOTHING);
const remove = (path: string) => ask(SFTP.REMOVE, str(path));
const rmdir = (path: string) => ask(SFTP.RMDIR, str(path));
const mkdir = (path: string) => ask(SFTP.MKDIR, str(path), NOTHING);

/** Requests that are whole and ask for what can not be. */
export const SFTP_NAMES: readonly Cause[] = [
  {
    cause: 'a RENAME onto what is there',
    rule: 'draft §6.5: it never replaces; SSH_FX_FAILURE',
    twin: answered(
      'onto what is not, and back',
      [rename(FILE, `${WORK}/moved`), rename(`${WORK}/moved`, FILE)],
      'STATUS 0',
      'STATUS 0',
    ),
    cases: [
      answered('a file onto a file', rename(FILE, INNER), FAILURE),
      answered('a file onto itself', rename(FILE, FILE), FAILURE),
      answered('a file onto a folder', rename(FILE, FOLDER), FAILURE),
      answered('a folder onto a file', rename(FOLDER, FILE), FAILURE),
      answered('a folder onto itself', rename(FOLDER, FOLDER), FAILURE),
    ],
  },
  {
    cause: 'a posix-rename that no tree allows',
    rule: 'rename(2): EISDIR, ENOTDIR, ENOTEMPTY, EINVAL; both stay as they are',
    twin: answered('a file onto itself, which changes nothing', posix(FILE, FILE), 'STATUS 0'),
    cases: [
      logged('move is-folder', answered('a file onto a folder', posix(FILE, FOLDER), FAILURE)),
      logged('move not-folder', answered('a folder onto a file', posix(FOLDER, FILE), ABSENT)),
      logged('move not-allowed', answered('a folder into itself', posix(FOLDER, `${FOLDER}/below`), DENIED)),
      logged(
        'delete not-allowed',
        answered('a folder into a folder of itself', posix(WORK, `${FOLDER}/below`), DENIED),
      ),
    ],
  },
  {
    cause: 'a folder moved into itself',
    rule: 'rename(2), EINVAL',
    twin: answered(
      'moved beside itself, and back',
      [rename(FOLDER, `${WORK}/beside`), rename(`${WORK}/beside`, FOLDER)],
      'STATUS 0',
      'STATUS 0',
    ),
    cases: [
      logged('move not-allowed', answered('one deep', rename(FOLDER, `${FOLDER}/below`), DENIED)),
      logged('move not-allowed', answered('by a way around', rename(FOLDER, `${WORK}/dir/../dir/below`), DENIED)),
    ],
  },
  {
    cause: 'what is not there, moved or removed',
    rule: 'SSH_FX_NO_SUCH_FILE, draft §7',
    twin: answered('made and removed', [mkdir(`${WORK}/brief`), rmdir(`${WORK}/brief`)], 'STATUS 0', 'STATUS 0'),
    cases: [
      refused('RENAME', rename(`${WORK}/none`, `${WORK}/none 2`), ABSENT, 'move', 'not-found'),
      refused('posix-rename', posix(`${WORK}/none`, FILE), ABSENT, 'move', 'not-found'),
      logged('stat not-found', answered('REMOVE', remove(`${WORK}/none`), ABSENT)),
      logged('stat not-found', answered('RMDIR', rmdir(`${WORK}/none`), ABSENT)),
    ],
  },
  {
    cause: 'a file taken for a folder, or a folder for a file',
    rule: 'draft §6.5-6.7: REMOVE takes files, RMDIR and OPENDIR folders',
    twin: answered('a folder taken for a folder', ask(SFTP.OPENDIR, str(FOLDER)), 'HANDLE'),
    cases: [
      answered('REMOVE of a folder', remove(FOLDER), FAILURE),
      answered('RMDIR of a file', rmdir(FILE), ABSENT),
      answered('OPENDIR of a file', ask(SFTP.OPENDIR, str(FILE)), ABSENT),
      answered('OPEN of a folder, to read', open(FOLDER, 1), FAILURE),
      logged('publish is-folder', answered('OPEN of a folder, to write', open(FOLDER, 2), FAILURE)),
      logged('publish is-folder', answered('OPEN of a folder, to append', open(FOLDER, 2 | 4 | 8), FAILURE)),
      logged(
        'publish is-folder',
        answered('SETSTAT of a size of a folder', ask(SFTP.SETSTAT, str(FOLDER), u32(1), Buffer.alloc(8)), FAILURE),
      ),
    ],
  },
  {
    cause: 'a folder that is not empty, or is there already',
    rule: 'draft §6.6; SSH_FX_FAILURE',
    twin: answered('one that is empty', [mkdir(`${WORK}/empty`), rmdir(`${WORK}/empty`)], 'STATUS 0', 'STATUS 0'),
    cases: [
      refused('RMDIR', rmdir(FOLDER), FAILURE, 'delete', 'not-empty'),
      refused('MKDIR of a folder', mkdir(FOLDER), FAILURE, 'make-folder', 'already-exists'),
      refused('MKDIR of a file', mkdir(FILE), FAILURE, 'make-folder', 'already-exists'),
    ],
  },
  {
    cause: 'a place of the tree that nobody changes',
    rule: 'the standard tree: SSH_FX_PERMISSION_DENIED for what is seen, and what is not seen looks absent',
    twin: answered('a place where it may', [mkdir(`${WORK}/mine`), rmdir(`${WORK}/mine`)], 'STATUS 0', 'STATUS 0'),
    cases: [
      logged('delete not-allowed', answered('RMDIR of /IN', rmdir('/IN'), DENIED)),
      logged('delete not-allowed', answered('RMDIR of a mailbox', rmdir('/OUT/ADRM'), DENIED)),
      logged('makeFolder not-found', answered('MKDIR in the root', mkdir('/mine'), ABSENT)),
      logged('makeFolder not-allowed', answered('MKDIR in an intake folder', mkdir('/IN/ADRM/mine'), DENIED)),
      logged('create not-found', answered('a file in the root', open('/mine.txt', 26), ABSENT)),
      logged('create not-found', answered('a file in /SHARED', open('/SHARED/mine.txt', 26), ABSENT)),
      logged('create not-allowed', answered('a file in a mailbox', open('/OUT/ADRM/mine.txt', 26), DENIED)),
      logged('move not-allowed', answered('RENAME of /SHARED', rename('/SHARED', '/SHARED 2'), DENIED)),
    ],
  },
  {
    cause: 'flags of OPEN that contradict each other or what is there',
    rule: 'draft §6.3; open(2)',
    twin: answered('to read', ask(SFTP.OPEN, str(FILE), READ, NOTHING), 'HANDLE'),
    cases: [
      logged('read not-found', answered('to read what is not there', open(`${WORK}/none`, 1), ABSENT)),
      logged('publish not-found', answered('to write what is not there', open(`${WORK}/none`, 2), ABSENT)),
      logged('publish not-found', answered('to truncate what is not there', open(`${WORK}/none`, 2 | 16), ABSENT)),
      logged(
        'publish already-exists',
        answered('to create what is there, exclusively', open(FILE, 2 | 8 | 32), FAILURE),
      ),
      logged(
        'publish already-exists',
        answered('to create and truncate it, exclusively', open(FILE, 2 | 8 | 16 | 32), FAILURE),
      ),
    ],
  },
];

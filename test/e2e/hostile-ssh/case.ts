import type { CipherName, PacketFaults } from '../../support/ssh-packets.ts';
import { str, u32, u64 } from '../../support/ssh-wire.ts';
import type { Scene, Stage } from './scene.ts';

/**
 * What a client does: a message, sealed with the keys of the hour; a message whose packet is wrong; bytes as they are; or
 * something that needs to know what was said before.
 */
export type Step =
  | Buffer
  | { readonly payload: Buffer; readonly faults: PacketFaults }
  | { readonly raw: string | Buffer }
  | (((scene: Scene) => void | Promise<void>) & { readonly bytes?: Buffer });

/**
 * What is sent at a stage of a connection, and what must come back, in this order and nothing else. Expected answers are
 * written by hand, from the text named with the cause.
 */
export type Case = {
  readonly what: string;
  readonly from: Stage;
  readonly steps: readonly Step[];
  /** As `told` in scene.ts puts each message. */
  readonly expected: readonly string[];
  /** Where an honest client goes on from here; not there: the gateway closes the connection. */
  readonly to?: Stage;
  /** The client ends its side after the last step. */
  readonly ends?: true;
  /** The client ends its side when it has heard what it expects. */
  readonly leaves?: true;
  /** The refusals that the audit log must have of it, and no other: kind of line, and reason or code. */
  readonly audit?: readonly string[];
  readonly cipher?: CipherName;
  readonly account?: string;
};

/** Cases that differ in a value and not in what is wrong with them: at most eight. */
export type Cause = {
  readonly cause: string;
  /** Where it is written what must happen. */
  readonly rule: string;
  /** Differs only in the fault, and is accepted. */
  readonly twin: Case;
  readonly cases: readonly Case[];
};

/** The tree on which all cases work. */
export const WORK = '/SHARED/work';
export const FILE = `${WORK}/there.txt`;
export const FOLDER = `${WORK}/dir`;
export const INNER = `${FOLDER}/inner.txt`;
export const CONTENT = 'there';

/** Packet types, draft-ietf-secsh-filexfer-02 §3. */
export const SFTP = {
  ...{ INIT: 1, OPEN: 3, CLOSE: 4, READ: 5, WRITE: 6, LSTAT: 7, FSTAT: 8, SETSTAT: 9, FSETSTAT: 10, OPENDIR: 11 },
  ...{ READDIR: 12, REMOVE: 13, MKDIR: 14, RMDIR: 15, REALPATH: 16, STAT: 17, RENAME: 18, READLINK: 19, SYMLINK: 20 },
  EXTENDED: 200,
} as const;

/** pflags, §6.3. */
export const READ = u32(1);
export const CREATE = u32(2 | 8 | 16);
export const NOTHING = u32(0);

/** Stand in for handles that the gateway gives: each has as many bytes as they have. */
export const HANDLE = {
  read: '<handle of file>',
  write: '<handle upload.>',
  folder: '<handle folder.>',
  closed: '<handle closed.>',
  foreign: '<handle foreign>',
} as const;

/** uint32 length | byte type | fields, as they stand in the stream of the subsystem. */
export function packet(type: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.of(type), ...fields]);
  return Buffer.concat([u32(body.length), body]);
}

/** A request with the id 7. */
export function ask(type: number, ...fields: readonly Buffer[]): Buffer {
  return packet(type, u32(7), ...fields);
}

export function extended(name: string, ...fields: readonly Buffer[]): Buffer {
  return ask(SFTP.EXTENDED, str(name), ...fields);
}

/** Bytes for the subsystem. */
export function data(...bytes: readonly Buffer[]): Step {
  const all = Buffer.concat(bytes);
  return Object.assign((scene: Scene) => scene.sendData(all), { bytes: all });
}

const as = (what: string, from: Stage, steps: readonly Step[], expected: readonly string[]): Case => ({
  ...{ what, from, steps, expected },
});

/** Something at a stage after which the gateway goes on with whoever goes on. */
export function goes(
  what: string,
  from: Stage,
  steps: readonly Step[],
  expected: readonly string[] = [],
  to = from,
): Case {
  return { ...as(what, from, steps, expected), to };
}

/** Something after which the connection is closed. */
export function closes(what: string, from: Stage, steps: readonly Step[], expected: readonly string[] = []): Case {
  return as(what, from, steps, expected);
}

/** A request that is answered, and the session goes on. */
export function answered(what: string, request: Buffer | readonly Buffer[], ...expected: readonly string[]): Case {
  return goes(what, 'sftp', [data(...(Buffer.isBuffer(request) ? [request] : request))], expected);
}

/** What the subsystem and the connection say when nobody knows any more what the client says. */
export const GOODBYE = ['exit 1', 'EOF', 'CLOSE', 'DISCONNECT 11'] as const;

/** Bytes that end the session, and with it the connection. */
export function broken(what: string, bytes: Buffer | readonly Buffer[], ...before: readonly string[]): Case {
  const steps = [data(...(Buffer.isBuffer(bytes) ? [bytes] : bytes))];
  return { ...closes(what, 'sftp', steps, [...before, ...GOODBYE]), audit: ['session protocol-error'] };
}

/** A case of which the audit log has this line. */
export function logged(line: string, one: Case): Case {
  return { ...one, audit: [line] };
}

/** As `answered`, and the audit log has a line of this kind with this code. */
export function refused(what: string, request: Buffer, status: string, kind: string, code: string): Case {
  return { ...answered(what, request, status), audit: [`${kind} ${code}`] };
}

export { str, u32, u64 };

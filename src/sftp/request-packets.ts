import type { GatewayError } from '../domain/errors.ts';
import { readAttributes, type WantedAttributes } from './attributes.ts';
import { FieldReader, malformed, PACKET, type Packet } from './codec.ts';
import { type ExtendedRequest, type OnHandle, type OnPath, readExtended } from './extensions.ts';

/** What a client asks. Paths are as it wrote them; handles are opaque. */
export type Request =
  | { readonly kind: 'init'; readonly version: number }
  | (Identified & (PathRequest | HandleRequest | ExtendedRequest))
  | (Identified & { readonly kind: 'refused'; readonly error: GatewayError });

type Identified = { readonly id: number };

export type OpenRequest = {
  readonly kind: 'open';
  readonly path: string;
  readonly flags: number;
  readonly attributes: WantedAttributes;
};

export type PathRequest =
  | OpenRequest
  | OnPath<'stat' | 'opendir' | 'remove' | 'mkdir' | 'rmdir' | 'realpath'>
  | { readonly kind: 'setstat'; readonly path: string; readonly attributes: WantedAttributes }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly overwrite: boolean }
  | { readonly kind: 'unsupported'; readonly what: string };

export type HandleRequest =
  | OnHandle<'close' | 'fstat' | 'readdir'>
  | { readonly kind: 'fsetstat'; readonly handle: string; readonly attributes: WantedAttributes }
  | { readonly kind: 'read'; readonly handle: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'write'; readonly handle: string; readonly offset: number; readonly data: readonly Buffer[] };

/** Reads what follows the id; one for each request of draft-ietf-secsh-filexfer-02 §6. */
type BodyReader = (reader: FieldReader) => PathRequest | HandleRequest | ExtendedRequest;

const BODY_READERS: ReadonlyMap<number, BodyReader> = new Map<number, BodyReader>([
  // string path | uint32 flags | ATTRS
  [
    PACKET.OPEN,
    (reader) => {
      const path = reader.text();
      const flags = reader.uint32();
      return { kind: 'open', path, flags, attributes: readAttributes(reader) };
    },
  ],
  // string handle
  [PACKET.CLOSE, (reader) => ({ kind: 'close', handle: readHandle(reader) })],
  // string handle | uint64 offset | uint32 length
  [
    PACKET.READ,
    (reader) => ({ kind: 'read', handle: readHandle(reader), offset: reader.uint64(), length: reader.uint32() }),
  ],
  // string handle | uint64 offset | string data
  [
    PACKET.WRITE,
    (reader) => ({ kind: 'write', handle: readHandle(reader), offset: reader.uint64(), data: reader.pieces() }),
  ],
  // string path: there are no links, so LSTAT and STAT are the same
  [PACKET.LSTAT, (reader) => ({ kind: 'stat', path: reader.text() })],
  [PACKET.STAT, (reader) => ({ kind: 'stat', path: reader.text() })],
  // string handle
  [PACKET.FSTAT, (reader) => ({ kind: 'fstat', handle: readHandle(reader) })],
  // string path | ATTRS
  [PACKET.SETSTAT, (reader) => ({ kind: 'setstat', path: reader.text(), attributes: readAttributes(reader) })],
  // string handle | ATTRS
  [PACKET.FSETSTAT, (reader) => ({ kind: 'fsetstat', handle: readHandle(reader), attributes: readAttributes(reader) })],
  // string path
  [PACKET.OPENDIR, (reader) => ({ kind: 'opendir', path: reader.text() })],
  // string handle
  [PACKET.READDIR, (reader) => ({ kind: 'readdir', handle: readHandle(reader) })],
  // string path
  [PACKET.REMOVE, (reader) => ({ kind: 'remove', path: reader.text() })],
  // string path | ATTRS
  [
    PACKET.MKDIR,
    (reader) => {
      const path = reader.text();
      readAttributes(reader);
      return { kind: 'mkdir', path };
    },
  ],
  // string path
  [PACKET.RMDIR, (reader) => ({ kind: 'rmdir', path: reader.text() })],
  [PACKET.REALPATH, (reader) => ({ kind: 'realpath', path: reader.text() })],
  // string old path | string new path
  [PACKET.RENAME, (reader) => ({ kind: 'rename', from: reader.text(), to: reader.text(), overwrite: false })],
  [PACKET.READLINK, (reader) => unsupported(reader, 'there are no links here')],
  [PACKET.SYMLINK, (reader) => unsupported(reader, 'there are no links here')],
  // string name | what the extension says
  [PACKET.EXTENDED, readExtended],
]);

/**
 * Requests after which clients put bytes that mean nothing: those of later drafts add fields to REALPATH and EXTENDED, and
 * rclone 1.60 (github.com/pkg/sftp) sends its whole buffer in a WRITE of which only the first part is data.
 */
const MAY_TRAIL: ReadonlySet<number> = new Set([PACKET.REALPATH, PACKET.EXTENDED, PACKET.WRITE]);

/**
 * Every request but INIT: byte type | uint32 id | body. INIT, §4: byte type | uint32 version | extensions of the client
 * @throws GatewayError `bad-request` where the packet is not whole or says more than it may: the session must end
 */
export function readRequest(packet: Packet): Request {
  const reader = new FieldReader(packet.body, packet.more);
  if (packet.type === PACKET.INIT) return { kind: 'init', version: reader.uint32() };
  const id = reader.uint32();
  const readBody = BODY_READERS.get(packet.type) ?? ((rest) => unsupported(rest, 'this request is not known'));
  const body = readBody(reader);
  if (reader.remaining > 0 && !MAY_TRAIL.has(packet.type)) throw malformed('a packet is longer than its fields');
  // A WRITE beyond every file goes on to its handle, which then must not publish what it has.
  if (reader.refusal !== undefined && body.kind !== 'write') return { id, kind: 'refused', error: reader.refusal };
  return { id, ...body };
}

/** Our handles are 16 ASCII characters; anything else is no handle of ours, whatever its bytes. */
function readHandle(reader: FieldReader): string {
  return reader.string().toString('latin1');
}

function unsupported(reader: FieldReader, what: string): PathRequest {
  reader.skipRest();
  return { kind: 'unsupported', what };
}

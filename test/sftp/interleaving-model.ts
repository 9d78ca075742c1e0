import { STATUS } from '../../src/sftp/errors.ts';

/** What a request must bring: a status, a size, bytes, names, or a handle. */
export type Expected =
  | { readonly code: number }
  | { readonly size: number }
  | { readonly data: string }
  | { readonly names: readonly string[] }
  | { readonly handle: true };

/** A folder that is being listed: what stood there when it was opened, in one answer. */
export type Listing = { readonly names: readonly string[]; state: 'open' | 'at-end' | 'closed' };

type Open = { readonly path: string; bytes: Buffer; changed: boolean; readonly mode: Mode; readonly existed: boolean };
export type Mode = 'new' | 'current' | 'append' | 'read';

const OK = { code: STATUS.OK } as const;
const ABSENT = { code: STATUS.NO_SUCH_FILE } as const;
const AT_END = { code: STATUS.EOF } as const;
const FAILED = { code: STATUS.FAILURE } as const;

/** A file tree as a person would describe it: uploads are seen by their own session, and by others from CLOSE on. */
export class Model {
  readonly files = new Map<string, Buffer>();
  readonly #open = new Map<string, Open>();

  open(handle: string, path: string, mode: Mode): void {
    const there = this.files.get(path);
    const bytes = mode === 'new' || there === undefined ? Buffer.alloc(0) : there;
    this.#open.set(handle, { path, bytes, changed: false, mode, existed: there !== undefined });
  }

  write(handle: string, offset: number, data: Buffer): Expected {
    const open = this.#open.get(handle);
    if (open === undefined) return FAILED;
    if (open.mode === 'read') return { code: STATUS.PERMISSION_DENIED };
    const at = open.mode === 'append' ? open.bytes.length : offset;
    const bytes = Buffer.alloc(Math.max(open.bytes.length, at + data.length));
    open.bytes.copy(bytes);
    data.copy(bytes, at);
    open.bytes = bytes;
    open.changed = true;
    return OK;
  }

  truncate(handle: string, size: number): Expected {
    const open = this.#open.get(handle);
    if (open === undefined) return FAILED;
    if (open.mode === 'read') return { code: STATUS.PERMISSION_DENIED };
    if (size === open.bytes.length) return OK;
    const bytes = Buffer.alloc(size);
    open.bytes.copy(bytes);
    open.bytes = bytes;
    open.changed = true;
    return OK;
  }

  /** Files that are opened anew give what was written so far. */
  read(handle: string, offset: number, length: number): Expected {
    const open = this.#open.get(handle);
    if (open === undefined) return FAILED;
    if (open.mode === 'current' || open.mode === 'append') return { code: STATUS.PERMISSION_DENIED };
    const bytes = open.bytes.subarray(offset, offset + length);
    return bytes.length === 0 ? AT_END : { data: bytes.toString('hex') };
  }

  fstat(handle: string): Expected {
    const open = this.#open.get(handle);
    return open === undefined ? FAILED : { size: open.bytes.length };
  }

  close(handle: string): Expected {
    const open = this.#open.get(handle);
    if (open === undefined) return FAILED;
    this.#open.delete(handle);
    const untouched = !open.changed && open.existed && open.mode !== 'new';
    if (open.mode !== 'read' && !untouched) this.files.set(open.path, open.bytes);
    return OK;
  }

  stat(path: string): Expected {
    const own = [...this.#open.values()].findLast((open) => open.path === path && open.mode !== 'read');
    const bytes = own?.bytes ?? this.files.get(path);
    return bytes === undefined ? ABSENT : { size: bytes.length };
  }

  /** Uploads under way stand in no listing. */
  openFolder(): Listing {
    const names = [...this.files.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)).sort();
    return { names, state: 'open' };
  }

  readFolder(listing: Listing): Expected {
    if (listing.state === 'closed') return FAILED;
    if (listing.state === 'at-end' || listing.names.length === 0) return AT_END;
    listing.state = 'at-end';
    return { names: listing.names };
  }

  closeFolder(listing: Listing): Expected {
    if (listing.state === 'closed') return FAILED;
    listing.state = 'closed';
    return OK;
  }

  remove(path: string): Expected {
    return this.files.delete(path) ? OK : ABSENT;
  }

  rename(from: string, to: string, overwrite: boolean): Expected {
    if (this.files.has(to) && !overwrite) return FAILED;
    const bytes = this.files.get(from);
    if (bytes === undefined) return ABSENT;
    this.files.delete(from);
    this.files.set(to, bytes);
    return OK;
  }
}

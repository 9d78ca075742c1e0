import { z } from 'zod';
import { askedPath, cursor, environment, pageLimit, path, right, sha256, ticket, time } from './common.ts';
import { submissionState } from './submissions.ts';

const MAX_ARCHIVE_FILES = 1000;
const MAX_PREVIEW_BYTES = 256 * 1024;
const USUAL_PREVIEW_BYTES = 65_536;
const USUAL_ENTRIES = 500;

/** A file or a folder. */
export const entry = z
  .object({
    name: z.string(),
    path,
    kind: z.enum(['file', 'folder']),
    size: z.int(),
    modified: time,
    /** As in the header ETag, without its quotes; a folder has none. */
    etag: z.string().nullable(),
    /** While its submission is being processed, nobody changes it. */
    frozen: z.object({ ticket, state: submissionState.nullable() }).nullable(),
    rights: z.array(right),
    /** Of the data of a delivery in a mailbox. */
    delivery: z
      .object({ id: z.string(), state: z.enum(['pending', 'delivered', 'picked-up', 'removed', 'expired']) })
      .nullable(),
    sha256: sha256.nullable(),
  })
  .meta({ id: 'Entry' });

export const folderQuery = z.strictObject({
  path: askedPath,
  cursor: cursor.optional(),
  limit: pageLimit(USUAL_ENTRIES),
  sort: z.enum(['name']).default('name'),
});

/** A folder and a page of what lies in it, in order of name. */
export const folder = z
  .object({
    path,
    rights: z.array(right),
    kind: z.enum(['root', 'intake', 'mailbox', 'shared', 'folder']),
    flow: z.string().nullable(),
    environment: environment.nullable(),
    items: z.array(entry),
    next: cursor.nullable(),
  })
  .meta({ id: 'Folder' });

export const pathQuery = z.strictObject({ path: askedPath });
/** A folder goes with all below it only where that was asked for. */
export const removeQuery = z.strictObject({ path: askedPath, recursive: z.enum(['0', '1']).default('0') });
export const contentQuery = z.strictObject({ path: askedPath, inline: z.enum(['0', '1']).default('0') });

export const previewQuery = z.strictObject({
  path: askedPath,
  bytes: z.int().min(1).max(MAX_PREVIEW_BYTES).default(USUAL_PREVIEW_BYTES),
});

/** The beginning of a file, as far as it can be shown. */
export const preview = z
  .object({
    kind: z.enum(['text', 'csv', 'xml', 'json', 'binary']),
    charset: z.string().nullable(),
    /** Whether there is more than what is shown. */
    truncated: z.boolean(),
    text: z.string().optional(),
    /** Of a delimited file: its first rows, at most 200. */
    rows: z.array(z.array(z.string())).optional(),
  })
  .meta({ id: 'Preview' });

/** What is held of an upload that was cut. */
export const heldUpload = z
  .object({
    path,
    offset: z.int(),
    /** Null where only its end will tell. */
    total: z.int().nullable(),
    /** Of the bytes that are held. */
    sha256,
    modified: time,
  })
  .meta({ id: 'HeldUpload' });

/** Uploads that can be gone on with. Their digests are asked for one by one. */
export const heldUploads = z
  .object({ items: z.array(heldUpload.omit({ sha256: true })), next: cursor.nullable() })
  .meta({ id: 'HeldUploads' });

/** A part was taken; the header Upload-Offset says the same. */
export const partTaken = z.object({ offset: z.int(), total: z.int() }).meta({ id: 'PartTaken' });

export const makeFolderBody = z.strictObject({ path: askedPath });
export const moveBody = z.strictObject({ from: askedPath, to: askedPath, overwrite: z.boolean().default(false) });
export const copyBody = moveBody;
export const archiveBody = z.strictObject({ paths: z.array(askedPath).min(1).max(MAX_ARCHIVE_FILES) });
export const archiveParams = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{24}$/) });
export const archive = z.object({ url: z.string(), until: time }).meta({ id: 'Archive' });

export type Entry = z.infer<typeof entry>;
export type Folder = z.infer<typeof folder>;
export type Preview = z.infer<typeof preview>;
export type HeldUpload = z.infer<typeof heldUpload>;
export type HeldUploads = z.infer<typeof heldUploads>;
export type PartTaken = z.infer<typeof partTaken>;
export type Archive = z.infer<typeof archive>;

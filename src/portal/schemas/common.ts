import { z } from 'zod';
import { GatewayError } from '../../domain/errors.ts';
import { parseVPath } from '../../domain/vpath.ts';

/** Longer than any path the tree takes (PATH_MAX), so that the sentence about it comes from there. */
const MAX_PATH_CHARACTERS = 8192;
const MAX_PAGE = 1000;

/** A path in a request, as the principal sees it; a domain type from here on. */
export const askedPath = z
  .string()
  .max(MAX_PATH_CHARACTERS)
  .transform((raw, context) => {
    try {
      return parseVPath(raw);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

/** A path in an answer. */
export const path = z
  .string()
  .meta({ id: 'Path', description: 'A path as the caller sees it, such as /IN/ADRM/x.csv' });
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const time = z.iso.datetime();
export const date = z.iso.date();
export const ticket = z
  .string()
  .regex(/^[0-9A-Z]{13}$/)
  .meta({ id: 'Ticket', description: 'The reference of a submission at the hub' });
export const environment = z.enum(['R', 'T', 'S']).meta({ id: 'Environment' });
export const language = z.enum(['nl', 'fr', 'de', 'en']).meta({ id: 'Language' });
export const accessMethod = z.enum(['line', 'private-network', 'vpn', 'internet']).meta({ id: 'AccessMethod' });
export const right = z
  .enum(['list', 'read', 'create', 'overwrite', 'delete', 'move', 'makeFolder', 'view'])
  .meta({ id: 'Right' });
export const flowCode = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);
/** Where the next page begins: nothing but this API can read it. */
export const cursor = z.string().min(1).max(2048);

/** How many items a page has at most. */
export function pageLimit(usual: number) {
  return z.int().min(1).max(MAX_PAGE).default(usual);
}

/** One page of a list; `next` is null on the last one. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: cursor.nullable() });
}

/** Why a request was not done (RFC 9457). */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** In the language of the caller. */
    detail: z.string(),
    code: z.string(),
    /** What the helpdesk finds it by. */
    reference: z.string().optional(),
    /** What the schema of the request says against it. */
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    /** Of a file that is being processed: its ticket. */
    ticket: ticket.optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;
export type Language = z.infer<typeof language>;
export type Environment = z.infer<typeof environment>;
export type Right = z.infer<typeof right>;
export type AccessMethod = z.infer<typeof accessMethod>;
export type List<Item> = { readonly items: readonly Item[]; readonly next: string | null };

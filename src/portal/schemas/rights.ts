import { z } from 'zod';
import { accessMethod, date, path, right, time } from './common.ts';

/** What the caller may do, and by which document. Texts are in his language. */
export const rights = z
  .object({
    person: z.string(),
    designation: z.object({ act: z.string(), from: date.nullable(), until: date.nullable() }).nullable(),
    /** The user regulation: its version in force, and when it was accepted. */
    regulation: z.object({ version: z.string(), accepted: date.nullable() }).nullable(),
    access: z.array(z.object({ method: accessMethod, address: z.string(), allowed: z.boolean(), why: z.string() })),
    exceptions: z.array(
      z.object({
        id: z.string(),
        state: z.string(),
        flow: z.string().nullable(),
        act: z.string(),
        from: date.nullable(),
        until: date.nullable(),
        text: z.string(),
      }),
    ),
    level: z.union([z.literal(1), z.literal(2)]),
    folders: z.array(z.object({ path, rights: z.array(right), grantedBy: z.string(), until: date.nullable() })),
    flows: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        mayReceive: z.boolean(),
        maySend: z.boolean(),
        authorizations: z.array(
          z.object({
            id: z.string(),
            act: z.string(),
            reference: z.string(),
            purpose: z.string(),
            from: date,
            until: date.nullable(),
          }),
        ),
      }),
    ),
    limits: z.array(z.object({ name: z.string(), text: z.string(), value: z.number() })),
    /** The time it was asked. */
    at: time,
  })
  .meta({ id: 'Rights' });

export type Rights = z.infer<typeof rights>;

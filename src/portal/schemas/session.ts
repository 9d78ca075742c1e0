import { z } from 'zod';
import { accessMethod, language, path, time } from './common.ts';

export const contact = z
  .object({ name: z.string(), email: z.string(), telephone: z.string() })
  .meta({ id: 'Contact', description: 'Who helps' });

/** Who is asking, how he came in, and what holds for him. */
export const session = z
  .object({
    principal: z.object({
      kind: z.enum(['person', 'machine']),
      id: z.string(),
      name: z.string(),
      partner: z.string(),
      partnerName: z.string(),
    }),
    /** For whom he acts; where there are several, each has a folder at the top. */
    designations: z.array(z.object({ partner: z.string(), name: z.string(), root: path })),
    level: z.union([z.literal(1), z.literal(2)]),
    levelUntil: time.nullable(),
    /** Second factors of this account. */
    offers: z.array(z.enum(['totp', 'password'])),
    accessMethod,
    remoteAddress: z.string(),
    languages: z.array(language),
    language,
    contact,
    limits: z.object({ maxFileBytes: z.int(), settleSeconds: z.int() }),
    /** The configuration in force. */
    generation: z.string(),
    certificate: z.object({ subject: z.string(), issuer: z.string(), notAfter: time }).nullable(),
  })
  .meta({ id: 'Session' });

export type SessionAnswer = z.infer<typeof session>;
export type Contact = z.infer<typeof contact>;

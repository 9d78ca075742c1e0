import { z } from 'zod';
import { date, environment, ticket, time } from './common.ts';

export const expectedQuery = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional(),
});

/** Files that are due in a month, what is missing between serial numbers, and what needs somebody. */
export const expected = z
  .object({
    month: z.string(),
    items: z.array(
      z.object({
        flow: z.string(),
        flowName: z.string(),
        partner: z.string(),
        day: date,
        state: z.enum(['expected', 'arrived', 'late', 'missing']),
        dueAt: time,
        files: z.array(ticket),
      }),
    ),
    serialGaps: z.array(
      z.object({
        flow: z.string(),
        environment,
        kind: z.enum(['serial', 'lot']),
        /** Sender number and day of the names; null for lots. */
        sender: z.string().nullable(),
        day: z.string().nullable(),
        /** The first and the last that is missing, as names have them. */
        from: z.string(),
        to: z.string(),
      }),
    ),
    alarms: z.array(z.object({ since: time, kind: z.string(), text: z.string() })),
  })
  .meta({ id: 'Expected' });

export type Expected = z.infer<typeof expected>;

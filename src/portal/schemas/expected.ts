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
        day: date,
        state: z.enum(['expected', 'arrived', 'late', 'missing']),
        dueAt: time,
        files: z.array(ticket),
      }),
    ),
    serialGaps: z.array(z.object({ flow: z.string(), environment, from: z.int(), to: z.int() })),
    alarms: z.array(z.object({ since: time, kind: z.string(), text: z.string() })),
  })
  .meta({ id: 'Expected' });

export type Expected = z.infer<typeof expected>;

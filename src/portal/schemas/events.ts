import { z } from 'zod';
import { path } from './common.ts';
import { submission } from './submissions.ts';

/**
 * What `GET /events` tells, by the name of the event (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * `reset`: something may have been missed; ask anew for what is shown.
 */
export const events = {
  submission: submission
    .pick({
      ticket: true,
      file: true,
      flow: true,
      environment: true,
      state: true,
      receivedAt: true,
      answeredAt: true,
      records: true,
    })
    .meta({ id: 'SubmissionEvent' }),
  folder: z.object({ path }).meta({ id: 'FolderEvent' }),
  session: z
    .object({ level: z.union([z.literal(1), z.literal(2)]), generation: z.string() })
    .meta({ id: 'SessionEvent' }),
  reset: z.object({}).meta({ id: 'ResetEvent' }),
} as const;

export type EventName = keyof typeof events;
export type Events = { readonly [Name in EventName]: z.infer<(typeof events)[Name]> };

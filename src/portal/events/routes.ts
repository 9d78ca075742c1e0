import { problemAnswer } from '../problems.ts';
import { type Later, type Route, route } from '../route.ts';
import type { EventHub } from './hub.ts';

/** What changes while somebody looks. */
export function eventRoutes(parts: Later<{ readonly events: EventHub }>): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path: '/events' },
      summary:
        'What changes, as it happens (server-sent events): `submission`, `folder`, `session`, `reset`. Last-Event-ID goes on from there',
      answers: { 200: { about: 'Events until the session ends', media: 'text/event-stream' } },
      handle: async ({ request, session, language }) => {
        const stream = await parts().events.listen(session, request.headers.get('last-event-id'));
        if (stream === undefined) {
          return problemAnswer('too-many-requests', language, { headers: { 'Retry-After': 15 } });
        }
        request.onLeave?.(() => stream.end());
        const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };
        return { status: 200, headers, body: stream };
      },
    }),
  ];
}

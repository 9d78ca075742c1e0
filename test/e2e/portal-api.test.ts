import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { PortalClient } from '../support/portal.ts';

let gateway: RunningGateway;
let anna: PortalClient;

beforeAll(async () => {
  gateway = await startGateway();
  anna = await PortalClient.open(gateway, 'anna@rva');
});

afterAll(async () => {
  anna.close();
  await gateway.stop();
  await removeFolder(gateway);
});

test('the session tells who asks, for whom, how he came in, and who helps', async () => {
  expect(await anna.get('/session')).toMatchObject({
    principal: { kind: 'person', id: 'anna', name: 'anna@rva', partner: 'rva' },
    designations: [{ partner: 'rva', root: '/' }],
    level: 1,
    levelUntil: null,
    offers: [],
    accessMethod: 'line',
    remoteAddress: '127.0.0.1',
    languages: ['nl', 'fr', 'de', 'en'],
    language: 'en',
    contact: { email: 'helpdesk@rva.example' },
    limits: { maxFileBytes: 10_000_000_000, settleSeconds: 0 },
    certificate: { subject: expect.stringContaining('CN='), issuer: expect.stringContaining('CN=') },
  });
});

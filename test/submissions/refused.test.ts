import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Authorizer } from '../../src/domain/principal.ts';
import type { Submission } from '../../src/domain/submission.ts';
import type { ContentStore } from '../../src/storage/content-store.ts';
import { RefusedRecords } from '../../src/submissions/refused.ts';
import { generation, partner, session } from '../support/generation.ts';

/** One refused record, as `notification-xml.ts` writes it. */
const NOTIFICATION = `  <Form>
    <HandledReference><ReferenceNbr>TICKET0000001-2</ReferenceNbr></HandledReference>
    <HandlingResult><ResultCode>0</ResultCode><AnomalyReport><TagName>ssin</TagName><ErrorID>MSG00011</ErrorID><AnomalyClass>B</AnomalyClass><AnomalyLabel>no</AnomalyLabel><Value>70010100153</Value></AnomalyReport></HandlingResult>
  </Form>
`;
const ASKED = '/OUT/WLAT/FO.NOTI.1';

function refusedFor(mayRead: boolean): RefusedRecords {
  const bytes = Buffer.from(NOTIFICATION);
  const submission = {
    ...{ ticket: 'TICKET0000001', partner: 'ksz', flow: 'WLAT', environment: 'R', files: [], errors: [] },
    notification: [{ name: 'FO.NOTI.1', contentId: 'n', size: bytes.length, sha256: '' }],
  } as unknown as Submission;
  const authorizer: Authorizer = {
    decide: (_, action, path) =>
      action === 'read' && path === ASKED && mayRead
        ? { allowed: true, rule: 'r' }
        : { allowed: false, visible: true, rule: 'r', code: 'level-too-low' },
  };
  const words = { textOf: () => '', factOf: () => '', remedyOf: () => '', detailIn: () => undefined };
  const parts = {
    store: { read: () => Readable.from([bytes]) } as unknown as Pick<ContentStore, 'read'>,
    authorizer,
    words,
    nameOf: (_: string, name: string) => name,
  };
  const viewer = { session: session('anna@ksz'), top: undefined, partner: partner('ksz', { sends: ['WLAT'] }) };
  return new RefusedRecords(
    { ...parts, generation: generation(), language: 'en' },
    { ...viewer, account: { id: 'anna', kind: 'person' }, flows: ['WLAT'] } as never,
    submission,
  );
}

test.each([
  [true, '70010100153', 1],
  [false, null, 0],
])(
  'values that a notification tells are shown to who may read it (%s), and are not found otherwise',
  async (mayRead, value, found) => {
    const refused = refusedFor(mayRead);
    const { items } = await refused.page({}, 10);
    expect(items.map(({ record, faults }) => [record, faults[0]?.code, faults[0]?.value])).toEqual([
      [2, 'MSG00011', value],
    ]);
    expect((await refused.page({ q: '7001010' }, 10)).items).toHaveLength(found);
  },
);

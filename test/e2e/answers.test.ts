import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WITH_TARIFF } from '../support/exchange-kinds.ts';
import { ExchangePlace } from '../support/exchange-place.ts';
import {
  answerIn,
  comparable,
  exchange,
  expectedAnswer,
  type Manner,
  type SampleFlow,
  SENDERS,
  sentFile,
  withLinesOfSenders,
} from '../support/sample-answers.ts';
import { hasTool } from '../support/tools.ts';

const MANNERS: readonly Manner[] = (['json', 'rsz-xml'] as const).flatMap((format) =>
  (['nl', 'fr', 'de', 'en'] as const).map((language) => ({ format, language })),
);
const FLOWS = Object.keys(SENDERS) as readonly SampleFlow[];
/** In T no act allows anything. */
const notInT = (text: string) => text.replace('environments: [R, T, S]', 'environments: [R, S]');

let place: ExchangePlace;
/** Lots that were taken, by flow and environment. */
const lots = new Map<string, number>();

beforeAll(async () => {
  place = await ExchangePlace.open(
    {
      'authorizations/adrm-ksz-rjv.yaml': notInT,
      'authorizations/wlat-rva-kbf.yaml': notInT,
      'authorizations/bbon-rsz-nic.yaml': notInT,
      'authorizations/dimn-sec-rsz.yaml': notInT,
      'authorizations/socq-eco-ksz.yaml': notInT,
      'authorizations/socr-ksz-eco.yaml': notInT,
      ...WITH_TARIFF,
      'directory/person-lines.csv': withLinesOfSenders,
    },
    true,
  );
});
afterAll(() => place.close());

type Case = { readonly name: string; readonly sent: string; readonly environment: 'R' | 'T'; readonly refused?: true };

/** The name a file is sent under says how it is to be answered, so that it is new every time. */
function nameFor(flow: SampleFlow, { format, language }: Manner, sent: string): string {
  return `${flow} ${format} ${language}.${sent}`;
}

/** A file that is refused takes no lot. */
function nextLot(flow: SampleFlow, { environment, refused }: Pick<Case, 'environment' | 'refused'>): string {
  const series = `${flow} ${environment}`;
  const lot = (lots.get(series) ?? 0) + 1;
  if (refused !== true) lots.set(series, lot);
  return String(lot).padStart(8, '0');
}

async function check(flow: SampleFlow, manner: Manner, one: Case, lot = nextLot(flow, one)): Promise<void> {
  const { name, sent, environment, refused } = one;
  const bytes = await sentFile(flow, sent, lot);
  const fileName = nameFor(flow, manner, sent);
  const got = await exchange(place, flow, { fileName, bytes, environment, refused: refused ?? false }, manner);
  const wanted = (kind: string) => expectedAnswer(flow, manner, `${name}.${kind}`, { bytes, lot });
  expect(comparable(got.receipt, got)).toBe(await wanted('receipt'));
  if (refused !== true) expect(comparable(got.notification, got)).toBe(await wanted('notification'));
}

/** Questions, the same once more while they are open, and their answers. */
async function askAndAnswer(manner: Manner): Promise<void> {
  const lot = nextLot('SOCQ', { environment: 'R' });
  await check('SOCQ', manner, { name: 'whole', sent: 'csv', environment: 'R' }, lot);
  await check('SOCQ', manner, { name: 'again', sent: 'again.csv', environment: 'R' }, lot);
  await check('SOCR', manner, { name: 'whole', sent: 'csv', environment: 'R' }, lot);
  for (const flow of ['SOCQ', 'SOCR'] as const) {
    await check(flow, manner, { name: 'not-authorized', sent: 'not-authorized.csv', environment: 'T' });
    await check(flow, manner, { name: 'refused', sent: 'refused.csv', environment: 'R', refused: true });
  }
}

describe.skipIf(!hasTool('openssl'))('a file with one fault of every kind is answered as written by hand', () => {
  for (const manner of MANNERS) {
    test(`in ${manner.format}, in ${manner.language}`, async () => {
      await answerIn(place, manner, 'none');
      const sent = async (flow: SampleFlow, extension: string, refused: string) => {
        await check(flow, manner, { name: 'whole', sent: extension, environment: 'R' });
        await check(flow, manner, { name: 'not-authorized', sent: `not-authorized.${extension}`, environment: 'T' });
        await check(flow, manner, { name: 'refused', sent: refused, environment: 'R', refused: true });
      };
      const broken = (flow: SampleFlow, name: string) =>
        check(flow, manner, { name, sent: `${name}.${SENDERS[flow].extension}`, environment: 'R', refused: true });
      await Promise.all([
        sent('ADRM', 'csv', 'refused.csv'),
        sent('WLAT', 'jsonl', 'refused.txt'),
        sent('BBON', 'txt', 'refused.txt'),
        sent('DIMN', 'xml', 'refused.xml'),
        broken('BBON', 'wrong-count'),
        broken('DIMN', 'not-well-formed'),
        broken('SOCQ', 'wrong-header'),
        broken('SOCR', 'wrong-header'),
        askAndAnswer(manner),
      ]);
    });
  }

  for (const manner of MANNERS) {
    test(`in ${manner.format}, in ${manner.language}, where the sender needs a line of its own`, async () => {
      await answerIn(place, manner, 'required');
      const lot = nextLot('SOCQ', { environment: 'R' });
      const sent = (flow: SampleFlow) =>
        check(
          flow,
          manner,
          { name: 'sender-line', sent: `sender-line.${SENDERS[flow].extension}`, environment: 'R' },
          flow === 'SOCQ' || flow === 'SOCR' ? lot : undefined,
        );
      const others = FLOWS.filter((flow) => flow !== 'SOCR');
      await Promise.all(others.map(sent));
      await sent('SOCR'); // what is asked is answered
    });
  }
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isLimitAlone } from '../../src/config/guarded-limits.ts';
import { loadConfiguration } from '../../src/config/load.ts';

const CONFIG = join(import.meta.dirname, '../../config');

/** A limit, a value that is tighter than another, and that other. */
const TIGHT_AND_LOOSE: readonly (readonly [path: string, tight: string, loose: string])[] = [
  ['limits/loginTries', '2', '3'],
  ['limits/loginGraceSeconds', '19.5', '20'],
  ['limits/penaltyFromFailures', '4', '1000000'],
  ['limits/penaltySeconds', '15', '0.1'],
  ['limits/maxPenaltySeconds', '86400', '600'],
  ['limits/maxUnauthenticated', '9', '50'],
  ['limits/maxConnectionsPerPrincipal', '20', '100'],
  ['limits/maxConnectionsPerPartner', '200', '1000'],
  ['limits/headersTimeoutSeconds', '9', '10'],
  ['limits/minBodyBytesPerSecond', '1000', '999'],
  ['limits/idleTimeoutSeconds', '600', '86400'],
  ['limits/stepUpHours', '4', '24'],
  ['limits/simulationBytesPerHour', '200000000', '1000000000'],
  ['limits/maxDryRunBytes', '9', '10'],
  ['alarms/unknownPersonsPerHour', '100', '101'],
  ['alarms/unknownPersonsPerDay', '500', '1000000000'],
  ['retention/endedQuestionsDays', '400', '399'],
];

const EITHER_WAY: readonly string[] = [
  ...[
    'maxFileBytes',
    'quotaBytes',
    'settleSecondsWebdav',
    'emptySettleSeconds',
    'goWaitSeconds',
    'setWithoutGoMinutes',
  ],
  ...['maxRefusedPerNotification', 'maxLockSeconds', 'maxLocksPerPrincipal', 'partialUploadHours'],
  ...['maxPartialUploadsPerPrincipal', 'workingFileHours', 'receiptReadBytes'],
];

describe('one person tightens what holds attackers back, and two loosen it:', () => {
  test.each(TIGHT_AND_LOOSE)('%s', (path, tight, loose) => {
    expect(isLimitAlone(path, loose, tight)).toBe(true);
    expect(isLimitAlone(path, tight, loose)).toBe(false);
    expect(isLimitAlone(path, undefined, tight)).toBe(false);
    expect(isLimitAlone(path, tight, undefined)).toBe(false);
  });
});

test.each(EITHER_WAY)('one person changes %s either way', (name) => {
  expect(isLimitAlone(`limits/${name}`, '1', '2')).toBe(true);
  expect(isLimitAlone(`limits/${name}`, '2', '1')).toBe(true);
});

test('what nobody listed needs a second person', () => {
  expect(isLimitAlone('limits/maxColours', '1', '2')).toBe(false);
  expect(isLimitAlone('limits/maxColours', '2', '1')).toBe(false);
  expect(isLimitAlone('demo', 'true', 'false')).toBe(false);
});

test('every limit there is stands here', async () => {
  const loaded = await loadConfiguration(CONFIG);
  if (!loaded.ok) throw new Error('the shipped configuration has problems');
  const { limits, alarms, retention } = loaded.settings.generation;
  const there = Object.entries({ limits, alarms, retention }).flatMap(([group, values]) =>
    Object.keys(values).map((name) => `${group}/${name}`),
  );
  const here = [...TIGHT_AND_LOOSE.map(([path]) => path), ...EITHER_WAY.map((name) => `limits/${name}`)];
  expect(here.toSorted()).toEqual(there.toSorted());
  expect(await readFile(join(CONFIG, 'gateway.yaml'), 'utf8')).toContain('loginTries: 3');
});

import { describe, expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import { exceptionsInForce, internetRefusal, levelOnInternet, type Visit } from '../../src/access/internet.ts';
import type { InternetException } from '../../src/domain/exception.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Partner } from '../../src/domain/partner.ts';
import { type IsoDate, parseDate } from '../../src/domain/period.ts';
import type { Action, Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { account, generation, partner, session } from '../support/generation.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const TODAY = day('2026-03-10');

function day(text: string): IsoDate {
  const date = parseDate(text);
  if (date === undefined) throw new Error(`${text} is no date`);
  return date;
}

function exception(more: Partial<InternetException> = {}): InternetException {
  return {
    id: 'one',
    state: 'active',
    flow: 'ADRM',
    persons: ['anna'],
    use: 'attended',
    act: 'communicate',
    fileTransfer: { authorization: 'act-adrm', directions: ['download', 'upload'] },
    level: 1,
    protocols: ['https'],
    addresses: [],
    from: day('2026-03-01'),
    until: day('2026-03-31'),
    source: 'partners/ksz.yaml#/exceptions/0',
    ...more,
  };
}

function ksz(exceptions: readonly InternetException[], more: Partial<Partner> = {}): Partner {
  const accounts = [account('anna', 'person'), account('bram', 'person'), account('batch', 'machine')];
  return partner('ksz', { exceptions, accounts, ...more });
}

const VISIT: Visit = { protocol: 'https', remoteAddress: '192.0.2.7', today: TODAY };

function refusal(id: string, exceptions: readonly InternetException[], visit: Partial<Visit> = {}) {
  const at = ksz(exceptions);
  const found = at.accounts.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no account ${id}`);
  return internetRefusal(at, found, { ...VISIT, ...visit });
}

describe('who may come in over the internet', () => {
  const two = [exception({ state: 'ended' }), exception({ id: 'two', state: 'granted' })];
  test.each<[string, string, readonly InternetException[], Partial<Visit>, string | undefined]>([
    ['an active exception names him', 'anna', [exception()], {}, undefined],
    ['its first day', 'anna', [exception({ from: TODAY })], {}, undefined],
    ['its last day', 'anna', [exception({ until: TODAY })], {}, undefined],
    ['a machine account, whatever is written', 'batch', [exception({ persons: ['batch'] })], {}, 'machine-on-internet'],
    ['nobody asked for anything', 'anna', [], {}, 'internet-without-exception'],
    ['another person of the partner', 'bram', [exception()], {}, 'internet-without-exception'],
    ['requested', 'anna', [exception({ state: 'requested' })], {}, 'exception-not-active'],
    ['advised', 'anna', [exception({ state: 'advised' })], {}, 'exception-not-active'],
    ['granted', 'anna', [exception({ state: 'granted' })], {}, 'exception-not-active'],
    ['ended', 'anna', [exception({ state: 'ended' })], {}, 'exception-ended'],
    ['the day after its last', 'anna', [exception({ until: day('2026-03-09') })], {}, 'exception-ended'],
    ['the day before its first', 'anna', [exception({ from: day('2026-03-11') })], {}, 'exception-not-begun'],
    ['one has ended and the next is not active yet', 'anna', two, {}, 'exception-not-active'],
    ['SFTP, which it does not name', 'anna', [exception()], { protocol: 'sftp' }, 'exception-protocol'],
    ['SFTP, which it names', 'anna', [exception({ protocols: ['sftp'] })], { protocol: 'sftp' }, undefined],
    ['HTTPS, which it leaves out', 'anna', [exception({ protocols: ['sftp'] })], {}, 'exception-protocol'],
    ['an address of its network', 'anna', [exception({ addresses: ['192.0.2.0/28'] })], {}, undefined],
    ['an address outside', 'anna', [exception({ addresses: ['192.0.2.8'] })], {}, 'exception-address'],
  ])('%s', (_, id, exceptions, visit, reason) => {
    expect(refusal(id, exceptions, visit)).toBe(reason);
  });
});

function online(name: string, more: Partial<Session> = {}): Session {
  return { ...session(name, 'webdav'), accessMethod: 'internet', ...more };
}

function ask(value: Generation, action: Action, path: string, more: Partial<Session> = {}) {
  const name = more.principal === undefined ? 'anna@ksz' : 'other';
  const decision = new FolderAuthorizer({ value }, () => NOW).decide(online(name, more), action, parseVPath(path));
  if (decision.allowed) return 'allowed';
  return 'code' in decision ? decision.code : decision.visible ? 'refused' : 'invisible';
}

function withException(more: Partial<InternetException> = {}, partnerMore: Partial<Partner> = {}): Generation {
  return generation({ partners: [ksz([exception(more)], { sends: ['ADRM', 'WLAT'], ...partnerMore })] });
}

describe('what somebody reaches over the internet', () => {
  const consult = { act: 'consult', fileTransfer: { authorization: 'act-adrm', directions: ['download'] } } as const;
  test.each<[string, Partial<InternetException>, Action, string, string]>([
    ['the top', {}, 'list', '/', 'allowed'],
    ['a folder above', {}, 'list', '/IN', 'allowed'],
    ['the flow of the exception', {}, 'list', '/IN/ADRM', 'allowed'],
    ['who communicates hands in', {}, 'create', '/IN/ADRM/a.csv', 'allowed'],
    ['who communicates renames', {}, 'move', '/IN/ADRM/a.csv', 'allowed'],
    ['another flow looks absent', {}, 'list', '/IN/WLAT', 'invisible'],
    ['a file of another flow looks absent', {}, 'read', '/OUT/WLAT/a.csv', 'invisible'],
    ['a shared folder looks absent', {}, 'list', '/SHARED/work', 'invisible'],
    ['the folder of shared ones looks absent', {}, 'list', '/SHARED', 'invisible'],
    ['who consults reads', consult, 'read', '/OUT/ADRM/a.csv', 'allowed'],
    ['who consults hands nothing in', consult, 'create', '/IN/ADRM/a.csv', 'refused'],
    ['who consults replaces nothing', consult, 'overwrite', '/IN/ADRM/a.csv', 'refused'],
    ['who consults removes nothing', consult, 'delete', '/IN/ADRM/a.csv', 'refused'],
    ['without express authorization names are seen', { fileTransfer: undefined }, 'stat', '/OUT/ADRM/a.csv', 'allowed'],
    ['and nothing is fetched', { fileTransfer: undefined }, 'read', '/OUT/ADRM/a.csv', 'refused'],
    ['or handed in', { fileTransfer: undefined }, 'create', '/IN/ADRM/a.csv', 'refused'],
    ['one for fetching is none for handing in', { ...consult, act: 'communicate' }, 'create', '/IN/ADRM/a', 'refused'],
    ['an exception that has ended', { until: day('2026-03-09') }, 'list', '/IN/ADRM', 'invisible'],
    ['an exception that has ended, at the top', { state: 'ended' }, 'list', '/', 'invisible'],
    ['names need no second factor', { level: 2 }, 'list', '/IN/ADRM', 'allowed'],
    ['level 2 unless the act says otherwise', { level: 2 }, 'create', '/IN/ADRM/a.csv', 'level-too-low'],
  ])('%s', (_, more, action, path, outcome) => {
    expect(ask(withException(more), action, path)).toBe(outcome);
  });

  test('an authorization for files counts while its act is in force, and for its own flow', () => {
    const at = (more: object) => {
      const value = withException();
      return { ...value, authorizations: value.authorizations.map((act) => ({ ...act, ...more })) };
    };
    expect(ask(at({}), 'read', '/OUT/ADRM/a.csv')).toBe('allowed');
    expect(ask(at({ until: day('2026-03-09') }), 'read', '/OUT/ADRM/a.csv')).toBe('refused');
    expect(ask(at({ flow: 'WLAT' }), 'read', '/OUT/ADRM/a.csv')).toBe('refused');
  });

  test('an open session sees what the exceptions for its own address and protocol name', () => {
    const bound = withException({ addresses: ['192.0.2.0/28'] });
    expect(ask(bound, 'list', '/IN/ADRM', { remoteAddress: '192.0.2.7' })).toBe('allowed');
    expect(ask(bound, 'list', '/IN/ADRM', { remoteAddress: '192.0.2.77' })).toBe('invisible');
    expect(ask(withException(), 'list', '/IN/ADRM', { protocol: 'sftp' })).toBe('invisible');
    expect(ask(withException(), 'list', '/IN/ADRM', { protocol: 'portal' })).toBe('allowed');
  });

  test('an exception gives no right that its person does not have over the line', () => {
    expect(ask(withException(), 'makeFolder', '/IN/ADRM/folder')).toBe('refused');
    expect(ask(withException(), 'create', '/OUT/ADRM/a.csv')).toBe('refused');
  });

  test('in a flat folder every flow that may lie there needs an exception', () => {
    const flat = (sends: readonly string[]) => withException({}, { layout: 'flat', sends });
    expect(ask(flat(['ADRM']), 'create', '/IN/a.csv')).toBe('allowed');
    expect(ask(flat(['ADRM', 'WLAT']), 'list', '/IN')).toBe('invisible');
    expect(ask(flat([]), 'list', '/IN')).toBe('invisible');
  });

  test('the same person is not bound by it over the line', () => {
    const value = withException({ act: 'consult' });
    expect(ask(value, 'create', '/IN/WLAT/a.csv', { accessMethod: 'line' })).toBe('allowed');
  });

  test('the rule names the exception', () => {
    const decision = new FolderAuthorizer({ value: withException() }, () => NOW).decide(
      online('anna@ksz'),
      'create',
      parseVPath('/IN/ADRM/a.csv'),
    );
    expect(decision.rule).toBe('standard-tree#intake partners/ksz.yaml#/exceptions/0');
  });
});

test('the first level asked for is that of the mildest exception in force, else that of the listener', () => {
  const listener = { level: 2, rule: 'gateway.yaml#/listeners/1/level' } as const;
  const strict = exception({ level: 2 });
  expect(levelOnInternet([strict], listener)).toEqual(listener);
  expect(levelOnInternet([strict, exception()], listener)).toEqual({
    level: 1,
    rule: 'partners/ksz.yaml#/exceptions/0/level',
  });
});

test('an exception of somebody else is none', () => {
  const at = ksz([exception()]);
  expect(exceptionsInForce(at, account('bram', 'person'), VISIT)).toEqual([]);
  expect(exceptionsInForce(at, account('anna', 'machine'), VISIT)).toEqual([]);
  expect(exceptionsInForce(at, account('anna', 'person'), VISIT)).toHaveLength(1);
});

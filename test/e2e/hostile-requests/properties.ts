import { type Case, type Cause, FILE, FOLDER, is, many, request, WORK } from './case.ts';

const patch = (body: string, ...headers: readonly string[]) => request('PROPPATCH', FILE, headers, body);
const update = (inner: string): string =>
  `<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:">${inner}</D:propertyupdate>`;
const set = (inner: string): string => update(`<D:set><D:prop>${inner}</D:prop></D:set>`);
const DEAD = '<X:note xmlns:X="urn:x">a note</X:note>';
/** Of several steps none is done: the answer says which one was refused. */
const told = (what: string, body: string, status: number): Case => ({
  ...is(what, patch(body), 207),
  holds: `HTTP/1.1 ${status} `,
});

/** RFC 4918 §9.2, §14.19. */
export const PROPERTIES: readonly Cause[] = [
  {
    cause: 'a propertyupdate that is none',
    rule: 'RFC 4918 §14.19: set and remove with a prop each; 400',
    twin: { ...is('one that is', patch(set(DEAD)), 207), holds: 'HTTP/1.1 200 ' },
    cases: [
      is('no body', patch(''), 400),
      is('another root', patch('<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'), 400),
      is(
        'another namespace',
        patch(`<propertyupdate xmlns="urn:x"><set><prop>${DEAD}</prop></set></propertyupdate>`),
        400,
      ),
      is('no step', patch(update('')), 400),
      is('set without prop', patch(update('<D:set/>')), 400),
      is('set of nothing', patch(set('')), 400),
      is('two props in one set', patch(update(`<D:set><D:prop>${DEAD}</D:prop><D:prop>${DEAD}</D:prop></D:set>`)), 400),
      is('251 properties', patch(set(many(251, (index) => `<X:p${index} xmlns:X="urn:x"/>`).join(''))), 400),
    ],
  },
  {
    cause: 'a body of PROPPATCH that is no XML, or too much of it',
    rule: 'RFC 4918 §8.2, §20.6: 400; more than 256 KiB is 413',
    twin: is(
      'a property with every character XML has to escape',
      patch(set('<X:a xmlns:X="urn:x">&lt;&amp;&gt;&quot;&#xA;</X:a>')),
      207,
    ),
    cases: [
      is('half of it', patch(set(DEAD).slice(0, -10)), 400),
      is('JSON', patch('{"set": {}}'), 400),
      is('a DTD', patch(set(DEAD).replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')), 400),
      is('an entity', patch(set('<X:a xmlns:X="urn:x">&b;</X:a>')), 400),
      is('a control character', patch(set('<X:a xmlns:X="urn:x">&#1;</X:a>')), 400),
      is('40 deep', patch(set(`${'<D:a>'.repeat(40)}${'</D:a>'.repeat(40)}`)), 400),
      is('300 kB', patch(set(`<X:a xmlns:X="urn:x">${'x'.repeat(300_000)}</X:a>`)), 413),
      is('in gzip', patch(set(DEAD), 'Content-Encoding: gzip'), 415),
    ],
  },
  {
    cause: 'a property that nobody may change, or that is too large',
    rule: 'RFC 4918 §9.2.1: 207 with 403 (cannot-modify-protected-property) or 507 inside; none of the steps is done',
    twin: {
      ...is(
        'a removal of what is not there',
        patch(update('<D:remove><D:prop><X:no xmlns:X="urn:x"/></D:prop></D:remove>')),
        207,
      ),
      holds: 'HTTP/1.1 200 ',
    },
    cases: [
      told('getetag', set('<D:getetag>"x"</D:getetag>'), 403),
      told('getcontentlength', set('<D:getcontentlength>0</D:getcontentlength>'), 403),
      told('lockdiscovery, removed', update('<D:remove><D:prop><D:lockdiscovery/></D:prop></D:remove>'), 403),
      told('one that may be and one that may not', set(`${DEAD}<D:resourcetype><D:collection/></D:resourcetype>`), 424),
      told('100 kB', set(`<X:large xmlns:X="urn:x">${'x'.repeat(100_000)}</X:large>`), 507),
    ],
  },
  {
    cause: 'properties of what cannot be changed',
    rule: 'RFC 4918 §9.2: 404 where nothing stands or is visible, 412 where a condition fails, 405 for /',
    twin: is('of a folder', request('PROPPATCH', FOLDER, [], set(DEAD)), 207),
    cases: [
      is('a name where nothing stands', request('PROPPATCH', `${WORK}/nothing`, [], set(DEAD)), 404),
      is('a flow of another', request('PROPPATCH', '/files/IN/WLAT/', [], set(DEAD)), 404),
      is('beside the tree', request('PROPPATCH', '/etc', [], set(DEAD)), 404),
      is('/', request('PROPPATCH', '/', [], set(DEAD)), 405),
      is('a condition that does not hold', patch(set(DEAD), 'If-Match: "x"'), 412),
      is('a condition that is none', patch(set(DEAD), 'If: nonsense'), 400),
    ],
  },
];

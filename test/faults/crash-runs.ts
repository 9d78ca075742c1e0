/** One run: where the gateway is killed, what it works on then, and whether that had been answered already. */
export type CrashRun = {
  /** A crash point, `:<n>` for the nth time it is passed. */
  readonly at: string;
  /** Which file is handed in first; the point belongs to it. */
  readonly first: 'batch' | 'set';
  readonly closing: 'before' | 'after';
  /** The protocol of the batch, SFTP where nothing is said. The set always comes over SFTP. */
  readonly over?: 'webdav';
  /** What brings the gateway to the point, where handing in alone does not. */
  readonly by?: 'reload' | 'sweep' | 'stop';
  /** A second kill, while the gateway recovers from the first. */
  readonly thenAt?: string;
};

const before = (first: CrashRun['first'], ...points: readonly string[]): readonly CrashRun[] =>
  points.map((at) => ({ at, first, closing: 'before' }));

const overWebdav = (run: CrashRun): CrashRun => ({ ...run, over: 'webdav' });

/** Neighbours of a point that stands for them in the short version; `npm run faults` runs them too. */
const NEIGHBOURS: ReadonlySet<string> = new Set([
  'batch receive.open',
  'batch receive.first-byte',
  'batch receive.last-byte',
  'batch receive.before-fsync',
  'batch audit.append.publish',
  'batch receive.after-reply',
  'batch audit.append.submission',
  'batch parse.start',
  'batch route.first-output',
  'batch parse.chunk:1',
  'batch parse.done',
  'batch authorize.done',
  'batch route.between',
  'batch route.last',
  'batch answer.built',
  'batch answer.signed',
  'batch answer.manifest',
  'batch audit.append.delivery',
  'set receive.after-reply:2',
  'set receive.before-fsync:3',
  'set receive.after-commit:3',
  'set audit.append.submission',
  'set answer.signed',
]);

/**
 * @param chunks how many chunks of 4 MiB the batch is decided in
 * @param all every point, not only one of each neighbourhood
 */
export function crashRuns(chunks: number, all: boolean): readonly CrashRun[] {
  return everyRun(chunks).filter(({ first, at }) => all || !NEIGHBOURS.has(`${first} ${at}`));
}

function everyRun(chunks: number): readonly CrashRun[] {
  return [
    // while the bytes come in
    ...before('batch', 'receive.open', 'receive.first-byte', 'receive.mid-body:12', 'receive.last-byte'),
    ...before('batch', 'receive.before-fsync', 'receive.after-fsync', 'audit.append.publish', 'receive.after-commit'),
    ...before('batch', 'receive.after-reply'),
    // around the receipt
    ...before('batch', 'receive.before-receipt-commit', 'audit.append.submission', 'receive.after-receipt-commit'),
    // in the batch
    ...before('batch', 'parse.start', 'route.first-output', 'parse.chunk:1', 'parse.middle'),
    ...before('batch', `parse.chunk:${chunks}`, 'parse.done', 'authorize.done', 'route.between', 'route.last'),
    // around the closing commit
    ...before('batch', 'answer.built', 'answer.signed', 'answer.manifest', 'answer.stored', 'route.before-commit'),
    ...before('batch', 'audit.append.delivery', 'audit.append.submission-answered'),
    { at: 'route.after-commit', first: 'batch', closing: 'after' },
    // a set of three small files, whose bytes are in the commits of their names; answered in the other format
    ...before(
      'set',
      'receive.after-commit',
      'receive.after-reply:2',
      'receive.before-fsync:3',
      'receive.after-fsync:3',
      'receive.after-commit:3',
    ),
    ...before('set', 'audit.append.submission', 'answer.signed', 'route.before-commit', 'audit.append.delivery'),
    { at: 'route.after-commit', first: 'set', closing: 'after' },
    // handed in over WebDAV, where a file is complete only when it is quiet
    ...before('batch', 'receive.after-commit', 'receive.before-receipt-commit', 'route.before-commit').map(overWebdav),
    // killed again while it recovers
    { at: 'parse.middle', first: 'batch', closing: 'before', thenAt: 'audit.append.submission-answered' },
    { at: 'answer.stored', first: 'batch', closing: 'before', thenAt: 'parse.middle' },
    // what runs beside the pipeline
    { at: 'reload.swap', first: 'batch', closing: 'before', by: 'reload' },
    { at: 'sweep.unlink', first: 'batch', closing: 'after', by: 'sweep' },
    { at: 'audit.seal', first: 'batch', closing: 'after', by: 'stop' },
  ];
}

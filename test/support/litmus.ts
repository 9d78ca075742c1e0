import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDavTree } from '../webdav/tree-fixture.ts';
import { runClient } from './clients.ts';
import { removeFolder, startGateway } from './gateway.ts';
import { session } from './generation.ts';
import { openPlainTwin } from './plain-webdav.ts';
import { openTunnel } from './tls-tunnel.ts';

/** The suites of litmus 0.13 and how many tests each has. */
const SUITES = { basic: 16, copymove: 13, props: 30, locks: 41, http: 4 } as const;

/** What a server reaches that does everything litmus knows. */
export const LITMUS_TESTS = Object.values(SUITES).reduce((sum, tests) => sum + tests, 0);

/** What litmus said of one suite, with its lines on tests that failed, were passed over or raised a warning. */
export type SuiteResult = {
  readonly suite: string;
  readonly passed: number;
  readonly tests: number;
  readonly remarks: readonly string[];
};
export type LitmusResult = { readonly suites: readonly SuiteResult[]; readonly passed: number };

/** Ways to the same handler: over plain HTTP as it stands in no gateway, and through mutual TLS as partners come. */
export const LITMUS_WAYS: Readonly<Record<string, () => Promise<LitmusResult>>> = {
  'plain HTTP on the loopback twin': overPlainTwin,
  'mutual TLS to a started gateway': throughTls,
};

async function overPlainTwin(): Promise<LitmusResult> {
  const tree = await openDavTree();
  const twin = await openPlainTwin({
    handler: tree.handler,
    session: session('anna@ksz', 'webdav'),
    logger: tree.logger,
  });
  try {
    return await runLitmus(`http://127.0.0.1:${twin.port}/files/SHARED/work/`);
  } finally {
    await twin.close();
    await tree.close();
  }
}

async function throughTls(): Promise<LitmusResult> {
  const gateway = await startGateway();
  const tunnel = await openTunnel(gateway, 'anna@ksz');
  try {
    return await runLitmus(`http://127.0.0.1:${tunnel.port}/files/SHARED/work/`);
  } finally {
    tunnel.close();
    await gateway.stop();
    await removeFolder(gateway);
  }
}

/** Runs every suite to its end, whatever the one before came to. @param url of a collection, plain HTTP */
async function runLitmus(url: string): Promise<LitmusResult> {
  const cwd = await mkdtemp(join(tmpdir(), 'sluis-litmus-')); // litmus leaves its debug.log where it runs
  try {
    const { out, err } = await runClient('litmus', ['--keep-going', url], { cwd, environment: { HOME: cwd } });
    const suites = Object.entries(SUITES).map(([suite, tests]) => suiteResult(suite, tests, out));
    const passed = suites.reduce((sum, result) => sum + result.passed, 0);
    if (passed === 0) throw new Error(`litmus ran nothing:\n${out}${err}`);
    return { suites, passed };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** Litmus writes "-> running `basic':", a line for each test, and "<- summary for `basic': of 16 tests run: 16 passed". */
function suiteResult(suite: string, tests: number, out: string): SuiteResult {
  const begin = out.indexOf(`-> running \`${suite}'`);
  const end = out.indexOf(`<- summary for \`${suite}'`);
  const lines = begin === -1 ? [] : out.slice(begin, end === -1 ? undefined : end).split(/[\r\n]+/);
  const passed = end === -1 ? 0 : Number(/: (\d+) passed/.exec(out.slice(end))?.[1] ?? 0);
  return { suite, passed, tests, remarks: lines.filter((line) => /FAIL|WARNING|SKIPPED/.test(line)) };
}

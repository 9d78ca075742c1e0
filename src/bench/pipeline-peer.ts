import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { measuredChild } from './measured-child.ts';
import type { BatchCounts, DuckdbFigures } from './pipeline-duckdb.ts';
import { benchDirectory, type PipelineGateway, SEED } from './pipeline-gateway.ts';

/** The same work in SQL; in the tables of figures. */
export const PEER = 'duckdb';

const SCRIPT = './pipeline-duckdb.ts';
const MOST_MS = 20 * 60_000;

/**
 * The batch that the gateway answered, by the peer: its directory is loaded once and kept beside the gateway's.
 * @returns undefined where the peer could not run
 * @throws Error where it comes to other counts than the gateway
 */
export async function besides(
  pipeline: PipelineGateway,
  batch: { readonly persons: number; readonly file: string; readonly folder: string; readonly ticket: string },
): Promise<DuckdbFigures | undefined> {
  const { persons, file, folder, ticket } = batch;
  const into = join(folder, PEER);
  let figures: DuckdbFigures;
  try {
    const database = join(await benchDirectory(persons), 'lines.duckdb');
    if (!existsSync(database)) await measuredChild(SCRIPT, ['load', database, String(persons), String(SEED)], MOST_MS);
    await mkdir(into);
    figures = parseFigures((await measuredChild(SCRIPT, ['run', database, file, into], MOST_MS)).output);
  } catch (error) {
    process.stderr.write(`${PEER} did not run: ${String(error)}\n`);
    return undefined;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
  const differing = differences(await pipeline.counts(ticket), figures.counts);
  if (differing.length > 0) throw new Error(`the gateway and ${PEER} differ: ${differing.join(', ')}`);
  return figures;
}

/** Each count that is not the same, with what both say. */
function differences(own: BatchCounts, other: BatchCounts): readonly string[] {
  const counts = ({ accepted, refused, routed }: BatchCounts) =>
    new Map(Object.entries({ accepted, ...refused, ...routed }).filter(([, count]) => count > 0));
  const [ours, theirs] = [counts(own), counts(other)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((name) => ours.get(name) !== theirs.get(name))
    .map((name) => `${name} ${ours.get(name) ?? 0}/${theirs.get(name) ?? 0}`);
}

function parseFigures(output: string): DuckdbFigures {
  return JSON.parse(output) as DuckdbFigures;
}

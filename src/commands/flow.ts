import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { meaningsIn } from '../submissions/flow-guide/meanings.ts';
import { flowPage, type Sample } from '../submissions/flow-guide/page.ts';
import { samplesOf } from '../submissions/flow-guide/samples.ts';
import { soundSettings } from './places.ts';

export type FlowPageOptions = {
  readonly config: string;
  /** A folder of sample files; the first whose name is one of the flow's is shown. It may be absent. */
  readonly samples: string;
};

/** Prints what a partner must know to hand in files of a flow. @throws GatewayError `not-found` */
export async function flowPageCommand(
  flowCode: string,
  options: FlowPageOptions,
  out: NodeJS.WritableStream,
): Promise<0> {
  const { generation } = await soundSettings(options.config);
  const flow = generation.flows.find((candidate) => candidate.code === flowCode);
  if (flow === undefined) {
    const known = generation.flows.map((candidate) => candidate.code).join(', ');
    throw new GatewayError('not-found', `there is no flow ${flowCode}; there are ${known}`);
  }
  out.write(await pageOf(flow, generation, options));
  return 0;
}

/** Writes the page of every flow, `<CODE>.md`, into a folder. */
export async function flowPagesCommand(
  directory: string,
  options: FlowPageOptions,
  out: NodeJS.WritableStream,
): Promise<0> {
  const { generation } = await soundSettings(options.config);
  await mkdir(directory, { recursive: true });
  for (const flow of generation.flows) {
    const file = join(directory, `${flow.code}.md`);
    await writeFile(file, await pageOf(flow, generation, options));
    out.write(`${file}\n`);
  }
  return 0;
}

async function pageOf(flow: Flow, generation: Generation, { config, samples }: FlowPageOptions): Promise<string> {
  const text = await readFile(join(config, 'flows', `${flow.code}.yaml`), 'utf8');
  return flowPage({ flow, generation, meanings: meaningsIn(text), sample: await firstSample(flow, samples) });
}

async function firstSample(flow: Flow, folder: string): Promise<Sample | undefined> {
  const [name] = await samplesOf(flow, folder);
  return name === undefined ? undefined : { name, text: await readFile(join(folder, name), 'utf8') };
}

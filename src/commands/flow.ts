import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { GatewayError } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Meanings } from './flow-page/layout.ts';
import { flowPage, type Sample } from './flow-page/page.ts';
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
  return flowPage({ flow, generation, meanings: meaningsIn(text), sample: await sampleOf(flow, samples) });
}

/** The comments behind the fields of a flow's file: what they mean, in the words of whoever described the layout. */
export function meaningsIn(text: string): Meanings {
  const layouts = parseDocument(text).get('layouts');
  const found = new Map<string, Map<string, string>>();
  for (const layout of isSeq(layouts) ? layouts.items : []) {
    const fields = isMap(layout) ? layout.get('fields') : undefined;
    if (!isMap(layout) || !isSeq(fields)) continue;
    const byName = new Map<string, string>();
    for (const field of fields.items) {
      if (!isMap(field)) continue;
      const comment =
        field.comment ?? field.items.map(({ value }) => (isScalar(value) ? value.comment : null)).find(Boolean);
      if (typeof comment === 'string') byName.set(String(field.get('name')), comment.trim());
    }
    found.set(String(layout.get('version')), byName);
  }
  return found;
}

async function sampleOf(flow: Flow, folder: string): Promise<Sample | undefined> {
  const names = await readdir(folder).catch(() => []);
  const pattern = new RegExp(`^(?:${flow.pattern})$`, 'u');
  const name = names.toSorted().find((candidate) => pattern.test(candidate));
  return name === undefined ? undefined : { name, text: await readFile(join(folder, name), 'utf8') };
}

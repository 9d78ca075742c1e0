import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Current } from '../../domain/current.ts';
import { GatewayError } from '../../domain/errors.ts';
import type { Flow } from '../../domain/flow.ts';
import type { Generation } from '../../domain/generation.ts';
import type { Language } from '../../domain/partner.ts';
import type { Authorizer, Session } from '../../domain/principal.ts';
import { meaningIn } from '../../texts/field-meanings.ts';
import { viewersOf } from '../viewer.ts';
import { codesOf, type ExplainedCode, type FlowGuide, flowGuide } from './guide.ts';
import type { Meanings } from './layout.ts';
import { meaningsIn } from './meanings.ts';
import { samplesOf } from './samples.ts';

export type FlowSummary = {
  readonly code: string;
  readonly name: string;
  readonly kind: Flow['kind'];
  readonly sends: boolean;
  readonly receives: boolean;
};

type Parts = {
  readonly generation: Current<Generation>;
  readonly authorizer: Authorizer;
  /** The folder the generation was read from: what fields mean stands behind them there. */
  readonly configDirectory: string;
  readonly samplesDirectory: string;
};

type Asker = { readonly session: Session; readonly language: Language };

const MOST_SAMPLE_BYTES = 1024 * 1024;

/** What a partner's people read about the flows that they work with. */
export class FlowLibrary {
  readonly #parts: Parts;
  #known: { readonly id: string; readonly meanings: Promise<ReadonlyMap<string, Meanings>> } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Flows the partner sends or receives, as far as the caller works with them. */
  list(asker: Pick<Asker, 'session'>): readonly FlowSummary[] {
    const { generation, authorizer } = this.#parts;
    const viewers = viewersOf(generation.value, authorizer, asker.session);
    return generation.value.flows.flatMap(({ code, title, kind }) => {
      const own = viewers.filter(({ flows }) => flows.includes(code)).map(({ partner }) => partner);
      if (own.length === 0) return [];
      const sends = own.some((partner) => partner.sends.includes(code));
      return { code, name: title, kind, sends, receives: own.some((partner) => partner.receives.includes(code)) };
    });
  }

  /** @throws GatewayError `not-found` also for a flow that the caller does not work with */
  async guide(
    asker: Asker,
    code: string,
  ): Promise<FlowGuide & { readonly summary: FlowSummary; readonly samples: readonly string[] }> {
    const { flow, summary } = this.#seen(asker, code);
    const meanings = (await this.#meanings()).get(code) ?? new Map();
    const generation = this.#parts.generation.value;
    const guide = flowGuide({ flow, generation, meanings, language: asker.language });
    return { ...guide, summary, samples: await samplesOf(flow, this.#parts.samplesDirectory) };
  }

  /** @throws GatewayError `not-found` */
  async sample(asker: Pick<Asker, 'session'>, code: string, name: string): Promise<Buffer> {
    const { flow } = this.#seen(asker, code);
    const known = (await samplesOf(flow, this.#parts.samplesDirectory)).find((one) => one === name);
    if (known === undefined) throw new GatewayError('not-found', 'there is no such sample');
    const bytes = await readFile(join(this.#parts.samplesDirectory, known));
    if (bytes.length > MOST_SAMPLE_BYTES) throw new GatewayError('not-found', 'this sample is too large to be shown');
    return bytes;
  }

  /** The codes of one flow, or of all that the caller works with, each once. @throws GatewayError `not-found` */
  codes(asker: Asker, code?: string): readonly ExplainedCode[] {
    const seen = code === undefined ? this.list(asker).map((one) => one.code) : [code];
    const all = seen.flatMap((one) => codesOf(this.#seen(asker, one).flow, asker.language));
    return [...new Map(all.map((one) => [one.code, one])).values()].toSorted((one, other) =>
      one.code < other.code ? -1 : 1,
    );
  }

  /** What a field is called, by flow; its own name where nobody described it. */
  async names(language: Language): Promise<(flow: string, field: string) => string> {
    const meanings = await this.#meanings();
    return (flow, field) => {
      const versions = [...(meanings.get(flow)?.values() ?? [])];
      const words = versions.findLast((fields) => fields.has(field))?.get(field);
      return words === undefined ? field : meaningIn(words, language);
    };
  }

  #seen(asker: Pick<Asker, 'session'>, code: string): { readonly flow: Flow; readonly summary: FlowSummary } {
    const summary = this.list(asker).find((one) => one.code === code);
    const flow = this.#parts.generation.value.flows.find((one) => one.code === code);
    if (summary === undefined || flow === undefined) throw new GatewayError('not-found', 'there is no such flow');
    return { flow, summary };
  }

  /** Read once for each generation. */
  #meanings(): Promise<ReadonlyMap<string, Meanings>> {
    const generation = this.#parts.generation.value;
    if (this.#known?.id !== generation.id) this.#known = { id: generation.id, meanings: this.#read(generation) };
    return this.#known.meanings;
  }

  async #read({ flows }: Generation): Promise<ReadonlyMap<string, Meanings>> {
    const found = new Map<string, Meanings>();
    for (const { code, source } of flows) {
      const text = await readFile(join(this.#parts.configDirectory, source), 'utf8').catch(() => '');
      if (text !== '') found.set(code, meaningsIn(text));
    }
    return found;
  }
}

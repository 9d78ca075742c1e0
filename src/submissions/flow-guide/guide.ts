import type { Flow, FlowKind } from '../../domain/flow.ts';
import type { Generation } from '../../domain/generation.ts';
import type { Language } from '../../domain/partner.ts';
import { sayIn } from '../../texts/flow-say.ts';
import { factOf, remedyOf } from '../../texts/remedies.ts';
import { receiptCodes, recordCodes, remarkCodes } from './codes.ts';
import { type FieldRow, fieldRows, type Meanings, rulesOf } from './layout.ts';
import { answers, formatWords, purpose, sending } from './words.ts';

export type ExplainedCode = {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
  /** Where a partner meets it: in a receipt, about a refused record, or about one that was taken. */
  readonly where: 'receipt' | 'refused' | 'remark';
};

/** What `docs/flows` says of a flow, as data, in the language of who reads it. Names in sentences stand between backticks. */
export type FlowGuide = {
  readonly code: string;
  readonly title: string;
  readonly kind: FlowKind;
  readonly about: readonly string[];
  readonly sending: readonly string[];
  readonly answers: readonly string[];
  readonly format: { readonly kind: string; readonly text: string };
  readonly pattern: string;
  readonly layouts: readonly {
    readonly version: string;
    readonly from: string;
    readonly until: string | null;
    readonly fields: readonly FieldRow[];
    readonly rules: readonly string[];
  }[];
  readonly codes: readonly ExplainedCode[];
};

type Facts = {
  readonly flow: Flow;
  readonly generation: Generation;
  readonly meanings: Meanings;
  readonly language: Language;
};

export function flowGuide({ flow, generation, meanings, language }: Facts): FlowGuide {
  const facts = { flow, generation };
  const say = sayIn(language);
  return {
    ...{ code: flow.code, title: flow.title, kind: flow.kind, pattern: flow.pattern },
    about: purpose(facts, say).split('\n'),
    sending: sending(facts, say),
    answers: answers(facts, say),
    format: { kind: flow.format.kind, text: formatWords(flow, say) },
    layouts: flow.layouts.map((layout) => ({
      ...{ version: layout.version, from: layout.validFrom, until: layout.validUntil ?? null },
      ...{ fields: fieldRows(flow, layout, { meanings, language }), rules: rulesOf(layout, language) },
    })),
    codes: codesOf(flow, language),
  };
}

/** Every code that answers about files of a flow can bring, explained. */
export function codesOf(flow: Flow, language: Language): readonly ExplainedCode[] {
  const explained = (where: ExplainedCode['where']) => (code: string) => ({
    ...{ code, text: factOf(code, language), remedy: remedyOf(code, language) },
    where,
  });
  return [
    ...receiptCodes(flow).map(explained('receipt')),
    ...recordCodes(flow).map(explained('refused')),
    ...remarkCodes(flow).map(explained('remark')),
  ];
}

import type { Language } from '../domain/partner.ts';
import { FLOW_ANSWER_TEXTS } from './flow-answer-texts.ts';
import { FLOW_FORMAT_TEXTS } from './flow-format-texts.ts';
import { FLOW_GUIDE_TEXTS } from './flow-guide-texts.ts';

const TEXTS = { ...FLOW_GUIDE_TEXTS, ...FLOW_ANSWER_TEXTS, ...FLOW_FORMAT_TEXTS };

export type FlowText = keyof typeof TEXTS;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type NamesOf<Key extends FlowText> = NamesIn<(typeof TEXTS)[Key]['en']>;
type Values = Readonly<Record<string, string | number>>;
type Given<Key extends FlowText> = [NamesOf<Key>] extends [never]
  ? readonly []
  : readonly [Readonly<Record<NamesOf<Key>, string | number>>];

/** A text of the pages of flows in one language. It does not compile without a value for each name in braces. */
export type Say = <Key extends FlowText>(key: Key, ...given: Given<Key>) => string;

export function sayIn(language: Language): Say {
  return (key, ...given) => {
    const values: Values = Object.assign({}, ...given);
    // In one pass: what is filled in may hold braces of its own.
    return TEXTS[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}

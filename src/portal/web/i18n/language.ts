import { computed, signal } from '@preact/signals';
import type { Language } from '../../schemas/common.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import english from '../texts/en/index.ts';
import * as format from './format.ts';
import { formatMessage, type Values } from './message.ts';

type Texts = typeof english;
type Area = keyof Texts & string;
/** `files.upload`: the file of the text, and its name in there. */
export type TextKey = { readonly [A in Area]: `${A}.${keyof Texts[A] & string}` }[Area];

/** Each language by its own name. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  nl: 'Nederlands',
  fr: 'Français',
  de: 'Deutsch',
  en: 'English',
};

const LOCALES: Readonly<Record<Language, string>> = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' };

const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: async () => english,
  nl: async () => (await import('../texts/nl/index.ts')).default,
  fr: async () => (await import('../texts/fr/index.ts')).default,
  de: async () => (await import('../texts/de/index.ts')).default,
};

const current = signal<{ readonly language: Language; readonly texts: Texts }>({ language: 'en', texts: english });

export const language = computed<Language>(() => current.value.language);
export const locale = computed<string>(() => LOCALES[current.value.language]);

function isLanguage(word: string | undefined): word is Language {
  return word !== undefined && Object.hasOwn(LOCALES, word);
}

/** The language that was chosen here before, else the first that the browser asks for. */
export async function openLanguage(): Promise<void> {
  const wanted = [readSetting('language'), ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  await useLanguage(wanted.find(isLanguage) ?? 'en');
}

/** Shows everything in this language, and remembers it. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  writeSetting('language', chosen);
  await useLanguage(chosen);
}

async function useLanguage(chosen: Language): Promise<void> {
  const texts = await LOADERS[chosen]();
  current.value = { language: chosen, texts };
  document.documentElement.lang = chosen;
}

/** A text in the language of the reader; what shows it is drawn again when the language changes. */
export function t(key: TextKey, values: Values = {}): string {
  const dot = key.indexOf('.');
  const area: Readonly<Record<string, string>> = current.value.texts[key.slice(0, dot) as Area];
  const template = area[key.slice(dot + 1)];
  return template === undefined ? key : formatMessage(template, values, locale.value);
}

/** A text whose name is only known when it is shown, such as that of a state; undefined where nobody wrote one. */
export function textIfAny(key: string): string | undefined {
  const dot = key.indexOf('.');
  const areas: Readonly<Record<string, Readonly<Record<string, string>>>> = current.value.texts;
  return areas[key.slice(0, dot)]?.[key.slice(dot + 1)];
}

export const bytes = (value: number): string => format.formatBytes(value, locale.value);
export const speed = (value: number): string => format.formatSpeed(value, locale.value);
export const duration = (seconds: number): string => format.formatDuration(seconds, locale.value);
export const dateTime = (time: string | number): string => format.formatDateTime(time, locale.value);
export const exactTime = (time: string | number): string => format.formatExactTime(time, locale.value);
export const date = (day: string | number): string => format.formatDate(day, locale.value);
export const number = (value: number): string => format.formatNumber(value, locale.value);
export const percent = (share: number): string => format.formatPercent(share, locale.value);

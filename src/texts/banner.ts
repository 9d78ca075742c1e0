import type { Language } from '../domain/partner.ts';
import type { Sentences } from './sentences.ts';

/** What clients of SFTP are told before they log in. */
export const BANNER: Sentences = {
  nl: 'Gegevensuitwisseling van de sociale zekerheid. Alleen voor wie daartoe is aangewezen; alle handelingen worden gelogd.',
  fr: 'Échange de données de la sécurité sociale. Réservé aux personnes désignées ; toutes les actions sont journalisées.',
  de: 'Datenaustausch der sozialen Sicherheit. Nur für Personen, die dazu benannt sind; alle Handlungen werden protokolliert.',
  en: 'Data exchange of social security. Only for those who have been designated; everything that is done is logged.',
};

export type BannerSource = {
  readonly banner: 'default' | 'none' | Readonly<Partial<Record<Language, string | undefined>>>;
  /** Those of the gateway. */
  readonly languages: readonly Language[];
  readonly languageOf: (partner: string) => Language | undefined;
};

/**
 * The banner for a login name: in the language of the partner it ends with, whether there is such an account or not, else
 * in all languages of the gateway. An operator's own words stand in the languages they were written in.
 */
export function bannerFor(login: string, { banner, languages, languageOf }: BannerSource): string | undefined {
  if (banner === 'none') return undefined;
  const words = banner === 'default' ? BANNER : banner;
  const own = languageOf(login.slice(login.lastIndexOf('@') + 1));
  const wanted = own !== undefined && words[own] !== undefined ? [own] : languages;
  const lines = wanted.flatMap((language) => words[language]?.split('\n') ?? []);
  return lines.length === 0 ? undefined : lines.map((line) => `${line.trim()}\r\n`).join('');
}

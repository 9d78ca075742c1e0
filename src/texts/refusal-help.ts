import type { Language } from '../domain/partner.ts';
import type { Sentences } from './sentences.ts';

const WORDS = {
  who: { nl: 'Wie helpt', fr: 'Qui vous aide', de: 'Wer hilft', en: 'Who helps' },
  email: { nl: 'E-mail', fr: 'E-mail', de: 'E-Mail', en: 'E-mail' },
  telephone: { nl: 'Telefoon', fr: 'Téléphone', de: 'Telefon', en: 'Telephone' },
  reference: { nl: 'Referentie', fr: 'Référence', de: 'Referenz', en: 'Reference' },
} as const satisfies Readonly<Record<string, Sentences>>;

const GIVE: Sentences = {
  nl: 'Geef deze referentie door: daarmee vindt de helpdesk meteen terug wat er gebeurde.',
  fr: 'Communiquez cette référence : le helpdesk retrouvera immédiatement ce qui s’est passé.',
  de: 'Geben Sie diese Referenz an: damit findet der Helpdesk sofort, was geschehen ist.',
  en: 'Give this reference: by it the helpdesk finds at once what happened.',
};

/** One thing to know, and where a click on it leads. */
export type HelpLine = { readonly label: string; readonly value: string; readonly href?: string | undefined };

/** Who helps somebody who may not come in, and what to tell him. */
export type Help = { readonly lines: readonly HelpLine[]; readonly advice: string };

export type Contact = { readonly name: string; readonly email: string; readonly telephone: string };

/** @param reference stands in the audit line of the refusal */
export function helpFor(language: Language, reference: string, contact: Contact | undefined): Help {
  const word = (name: keyof typeof WORDS): string => WORDS[name][language];
  const people: readonly HelpLine[] =
    contact === undefined
      ? []
      : [
          { label: word('who'), value: contact.name },
          { label: word('email'), value: contact.email, href: `mailto:${contact.email}` },
          { label: word('telephone'), value: contact.telephone, href: `tel:${contact.telephone.replaceAll(' ', '')}` },
        ];
  return { lines: [...people, { label: word('reference'), value: reference }], advice: GIVE[language] };
}

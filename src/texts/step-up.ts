import type { Language } from '../domain/partner.ts';
import { FACTOR_REFUSALS } from './factor-refusals.ts';
import type { Sentences } from './sentences.ts';

/** What the step-up page and its API say. */
export const STEP_UP = {
  title: { nl: 'Tweede factor', fr: 'Second facteur', de: 'Zweiter Faktor', en: 'Second factor' },
  intro: {
    nl: 'Geef een tweede factor om WebDAV te openen voor dit certificaat en dit netwerkadres.',
    fr: 'Donnez un second facteur pour ouvrir WebDAV pour ce certificat et cette adresse réseau.',
    de: 'Geben Sie einen zweiten Faktor ein, um WebDAV für dieses Zertifikat und diese Netzadresse zu öffnen.',
    en: 'Give a second factor to open WebDAV for this certificate and this network address.',
  },
  code: { nl: 'Eenmalige code', fr: 'Code à usage unique', de: 'Einmalcode', en: 'One-time code' },
  password: { nl: 'Wachtwoord', fr: 'Mot de passe', de: 'Passwort', en: 'Password' },
  open: { nl: 'Openen', fr: 'Ouvrir', de: 'Öffnen', en: 'Open' },
  openUntil: {
    nl: 'WebDAV is open voor dit certificaat en dit netwerkadres tot',
    fr: 'WebDAV est ouvert pour ce certificat et cette adresse réseau jusqu’au',
    de: 'WebDAV ist für dieses Zertifikat und diese Netzadresse offen bis',
    en: 'WebDAV is open for this certificate and this network address until',
  },
  'needs-none': {
    nl: 'Uw identiteitskaart telt als twee factoren. U hoeft hier niets te doen.',
    fr: 'Votre carte d’identité compte pour deux facteurs. Vous n’avez rien à faire ici.',
    de: 'Ihr Personalausweis zählt als zwei Faktoren. Hier ist nichts zu tun.',
    en: 'Your identity card counts as two factors. There is nothing to do here.',
  },
  refused: {
    nl: 'Tweede factor niet aanvaard',
    fr: 'Second facteur refusé',
    de: 'Zweiter Faktor nicht angenommen',
    en: 'Second factor not accepted',
  },
  'other-site': {
    nl: 'Deze aanvraag kwam van een andere pagina. Open /step-up zelf en probeer daar.',
    fr: 'Cette demande vient d’une autre page. Ouvrez vous-même /step-up et réessayez là.',
    de: 'Diese Anfrage kam von einer anderen Seite. Öffnen Sie /step-up selbst und versuchen Sie es dort.',
    en: 'This request came from another page. Open /step-up yourself and try there.',
  },
  'form-not-understood': {
    nl: 'Geef één eenmalige code van zes cijfers, of één wachtwoord.',
    fr: 'Donnez un seul code à usage unique de six chiffres, ou un seul mot de passe.',
    de: 'Geben Sie genau einen Einmalcode mit sechs Ziffern ein, oder genau ein Passwort.',
    en: 'Give one one-time code of six digits, or one password.',
  },
  unavailable: {
    nl: 'Uw tweede factor kan nu niet worden nagekeken. Meld het aan de helpdesk.',
    fr: 'Votre second facteur ne peut être vérifié actuellement. Prévenez le helpdesk.',
    de: 'Ihr zweiter Faktor kann gerade nicht geprüft werden. Melden Sie es dem Helpdesk.',
    en: 'Your second factor cannot be checked now. Tell the helpdesk.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

/** Of the page itself, or a refusal that logging in knows as well. */
export type StepUpText = keyof typeof STEP_UP | keyof typeof FACTOR_REFUSALS;

export function stepUpText(code: StepUpText, language: Language): string {
  return { ...STEP_UP, ...FACTOR_REFUSALS }[code][language];
}

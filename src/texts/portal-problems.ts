import type { Language } from '../domain/partner.ts';
import { ERRORS } from './errors.ts';
import type { Sentences } from './sentences.ts';
import { textOf } from './texts.ts';

/** Why the portal's API did not do a request, where that is no refusal of the file tree. */
export const PORTAL_PROBLEMS = {
  'invalid-request': {
    nl: 'Deze vraag heeft niet de vorm die hier verwacht wordt. Kijk na wat er bij elk veld staat.',
    fr: 'Cette demande n’a pas la forme attendue ici. Vérifiez ce qui est indiqué pour chaque champ.',
    de: 'Diese Anfrage hat nicht die erwartete Form. Prüfen Sie, was bei jedem Feld steht.',
    en: 'This request does not have the form that is expected here. See what is said of each field.',
  },
  'no-such-page': {
    nl: 'Dit bestaat niet, of niet voor u. Kijk het adres na.',
    fr: 'Ceci n’existe pas, ou pas pour vous. Vérifiez l’adresse.',
    de: 'Das gibt es nicht, oder nicht für Sie. Prüfen Sie die Adresse.',
    en: 'This does not exist, or not for you. Check the address.',
  },
  'cross-site': {
    nl: 'Deze vraag kwam van een andere website en wordt niet uitgevoerd. Werk verder op de pagina’s van de gateway zelf.',
    fr: 'Cette demande vient d’un autre site et n’est pas exécutée. Continuez sur les pages de la passerelle même.',
    de: 'Diese Anfrage kam von einer anderen Website und wird nicht ausgeführt. Arbeiten Sie auf den Seiten des Gateways.',
    en: 'This request came from another website and is not done. Go on with the pages of the gateway itself.',
  },
  'method-not-allowed': {
    nl: 'Dit kan hier niet op deze manier. Gebruik een van de methodes die dit adres aanbiedt.',
    fr: 'Ceci n’est pas possible ici de cette façon. Utilisez une des méthodes que cette adresse propose.',
    de: 'Das geht hier nicht auf diese Weise. Verwenden Sie eine der Methoden, die diese Adresse anbietet.',
    en: 'This cannot be done here in this way. Use one of the methods that this address offers.',
  },
  'unsupported-media-type': {
    nl: 'De inhoud van deze vraag heeft een type dat hier niet wordt gelezen. Stuur JSON, of bij een bestand de bytes zelf.',
    fr: 'Le contenu de cette demande a un type qui n’est pas lu ici. Envoyez du JSON, ou pour un fichier ses octets.',
    de: 'Der Inhalt dieser Anfrage hat einen Typ, der hier nicht gelesen wird. Senden Sie JSON, bei Dateien die Bytes selbst.',
    en: 'The content of this request has a type that is not read here. Send JSON, or for a file its bytes.',
  },
  'precondition-required': {
    nl: 'Hier staat al een bestand. Zeg welke versie u wilt vervangen, en doe het opnieuw.',
    fr: 'Un fichier se trouve déjà ici. Dites quelle version vous voulez remplacer, et recommencez.',
    de: 'Hier steht schon eine Datei. Nennen Sie die Version, die Sie ersetzen wollen, und versuchen Sie es erneut.',
    en: 'A file stands here already. Say which version you want to replace, and do it again.',
  },
  'too-many-requests': {
    nl: 'Dit werd te vaak gevraagd. Wacht even en probeer dan opnieuw.',
    fr: 'Ceci a été demandé trop souvent. Attendez un instant, puis réessayez.',
    de: 'Das wurde zu oft verlangt. Warten Sie einen Moment und versuchen Sie es dann erneut.',
    en: 'This was asked for too often. Wait a moment, and then try again.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

export type PortalProblem = keyof typeof PORTAL_PROBLEMS;

/**
 * What a problem is called (its first sentence), and all that is said about it.
 * @param code of `PORTAL_PROBLEMS`, or any other that has a text
 */
export function problemText(
  code: string,
  language: Language,
  detail?: string,
): { readonly title: string; readonly detail: string } {
  const own = Object.hasOwn(PORTAL_PROBLEMS, code) ? PORTAL_PROBLEMS[code as PortalProblem][language] : undefined;
  const sentences = own ?? textOf(Object.hasOwn(ERRORS, code) ? code : 'broken', language);
  const said = detail === undefined ? sentences : `${sentences} (${detail})`;
  return { title: sentences.split(/(?<=\.) /, 1)[0] ?? sentences, detail: said };
}

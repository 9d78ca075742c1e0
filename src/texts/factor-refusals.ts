import type { Sentences } from './sentences.ts';

/** Why a second factor is not accepted, at a login or on the step-up page. */
export const FACTOR_REFUSALS = {
  'no-second-factor': {
    nl: 'Voor u is deze tweede factor niet geregistreerd. Vraag uw lokale beheerder om hem te registreren.',
    fr: 'Ce second facteur n’est pas enregistré pour vous. Demandez-le à votre gestionnaire local.',
    de: 'Dieser zweite Faktor ist für Sie nicht registriert. Bitten Sie Ihren lokalen Verwalter darum.',
    en: 'This second factor is not registered for you. Ask your local administrator to register it.',
  },
  'second-factor-wrong': {
    nl: 'De code of het wachtwoord is fout. Wacht op de volgende code en kijk de klok van uw toestel na.',
    fr: 'Le code ou le mot de passe est faux. Attendez le code suivant et vérifiez l’heure de votre appareil.',
    de: 'Code oder Passwort ist falsch. Warten Sie auf den nächsten Code und prüfen Sie die Uhr Ihres Geräts.',
    en: 'The code or password is wrong. Wait for the next code, and check the clock of your device.',
  },
  'second-factor-used': {
    nl: 'Deze code is al gebruikt. Wacht op de volgende.',
    fr: 'Ce code a déjà servi. Attendez le suivant.',
    de: 'Dieser Code wurde schon benutzt. Warten Sie auf den nächsten.',
    en: 'This code was used before. Wait for the next one.',
  },
  'second-factor-wait': {
    nl: 'Er was te vaak een foute code of een fout wachtwoord. Wacht en probeer dan opnieuw.',
    fr: 'Trop de codes ou mots de passe faux. Patientez, puis réessayez.',
    de: 'Zu oft war Code oder Passwort falsch. Warten Sie und versuchen Sie es dann erneut.',
    en: 'There were too many wrong codes or passwords. Wait, then try again.',
  },
  'second-factor-busy': {
    nl: 'Er zijn nu te veel aanvragen. Probeer over enkele seconden opnieuw.',
    fr: 'Il y a trop de demandes en ce moment. Réessayez dans quelques secondes.',
    de: 'Gerade gibt es zu viele Anfragen. Versuchen Sie es in einigen Sekunden erneut.',
    en: 'There are too many requests now. Try again in a few seconds.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

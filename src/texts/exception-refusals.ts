import type { Sentences } from './sentences.ts';

/** Why somebody may not come in over the internet, or has not accepted the rules for users. */
export const EXCEPTION_REFUSALS = {
  'internet-without-exception': {
    nl: 'Toegang via internet is gesloten. Gebruik de beveiligde lijn of vraag een uitzondering aan.',
    fr: 'L’accès par internet est fermé. Utilisez la ligne sécurisée ou demandez une exception.',
    de: 'Der Zugang über das Internet ist geschlossen. Nutzen Sie die gesicherte Leitung oder beantragen Sie eine Ausnahme.',
    en: 'Access over the internet is closed. Use the secured line, or ask for an exception.',
  },
  'machine-on-internet': {
    nl: 'Een toepassing mag niet via internet binnen. Gebruik de beveiligde lijn of VPN.',
    fr: 'Une application ne peut entrer par internet. Utilisez la ligne sécurisée ou le VPN.',
    de: 'Eine Anwendung darf nicht über das Internet herein. Nutzen Sie die gesicherte Leitung oder VPN.',
    en: 'An application may not come in over the internet. Use the secured line or VPN.',
  },
  'exception-not-active': {
    nl: 'Uw uitzondering voor internet is aangevraagd maar nog niet actief. Vraag uw lokale beheerder hoever ze staat.',
    fr: 'Votre exception pour internet est demandée mais pas encore active. Demandez-en l’état à votre gestionnaire local.',
    de: 'Ihre Internet-Ausnahme ist beantragt, aber noch nicht aktiv. Fragen Sie Ihren lokalen Verwalter nach dem Stand.',
    en: 'Your exception for the internet was asked for and is not active yet. Ask your local administrator how far it is.',
  },
  'exception-not-begun': {
    nl: 'Uw uitzondering voor internet begint later. Wacht tot haar eerste dag of gebruik de beveiligde lijn.',
    fr: 'Votre exception pour internet commence plus tard. Attendez son premier jour ou utilisez la ligne sécurisée.',
    de: 'Ihre Internet-Ausnahme beginnt später. Warten Sie ihren ersten Tag ab oder nutzen Sie die gesicherte Leitung.',
    en: 'Your exception for the internet begins later. Wait for its first day, or use the secured line.',
  },
  'exception-ended': {
    nl: 'Uw uitzondering voor internet is beëindigd. Gebruik de beveiligde lijn of vraag een nieuwe aan.',
    fr: 'Votre exception pour internet a pris fin. Utilisez la ligne sécurisée ou demandez-en une nouvelle.',
    de: 'Ihre Internet-Ausnahme ist beendet. Nutzen Sie die gesicherte Leitung oder beantragen Sie eine neue.',
    en: 'Your exception for the internet has ended. Use the secured line, or ask for a new one.',
  },
  'exception-protocol': {
    nl: 'Uw uitzondering voor internet geldt niet voor dit protocol. Gebruik HTTPS of neem contact op met de helpdesk.',
    fr: 'Votre exception pour internet ne couvre pas ce protocole. Utilisez HTTPS ou contactez le helpdesk.',
    de: 'Ihre Internet-Ausnahme gilt nicht für dieses Protokoll. Nutzen Sie HTTPS oder wenden Sie sich an den Helpdesk.',
    en: 'Your exception for the internet does not cover this protocol. Use HTTPS, or contact the helpdesk.',
  },
  'exception-address': {
    nl: 'Uw uitzondering voor internet geldt niet vanaf dit netwerkadres. Verbind vanaf een adres dat erin staat.',
    fr: 'Votre exception pour internet ne vaut pas depuis cette adresse réseau. Connectez-vous depuis une adresse citée.',
    de: 'Ihre Internet-Ausnahme gilt nicht von dieser Netzadresse. Verbinden Sie sich von einer darin genannten.',
    en: 'Your exception for the internet is not for this network address. Connect from an address that stands in it.',
  },
  'regulation-not-accepted': {
    nl: 'U hebt het gebruikersreglement niet aanvaard. Aanvaard het bij uw lokale beheerder en verbind opnieuw.',
    fr: 'Vous n’avez pas accepté le règlement des utilisateurs. Acceptez-le auprès de votre gestionnaire local.',
    de: 'Sie haben die Benutzerordnung nicht angenommen. Nehmen Sie sie bei Ihrem lokalen Verwalter an.',
    en: 'You have not accepted the user regulation. Accept it with your local administrator, then connect again.',
  },
  'regulation-other-version': {
    nl: 'Het gebruikersreglement is gewijzigd sinds u het aanvaardde. Aanvaard de nieuwe versie bij uw lokale beheerder.',
    fr: 'Le règlement des utilisateurs a changé depuis votre accord. Acceptez la nouvelle version auprès du gestionnaire local.',
    de: 'Die Benutzerordnung wurde seit Ihrer Annahme geändert. Nehmen Sie die neue Fassung beim lokalen Verwalter an.',
    en: 'The user regulation has changed since you accepted it. Accept the new version with your local administrator.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

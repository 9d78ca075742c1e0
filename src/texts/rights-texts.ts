import type { Sentences } from './sentences.ts';

/** Why somebody may do what he may do, for the page that tells him. Detail: the line of the configuration, an act. */
export const RIGHTS_TEXTS = {
  'rights-intake': {
    nl: 'Een map waarin uw instelling bestanden indient, zoals elke partner ze heeft.',
    fr: 'Un dossier où votre institution remet des fichiers, comme chaque partenaire en a.',
    de: 'Ein Ordner, in den Ihre Einrichtung Dateien einreicht, wie jeder Partner ihn hat.',
    en: 'A folder in which your institution hands in files, as every partner has it.',
  },
  'rights-mailbox': {
    nl: 'De brievenbus van uw instelling, zoals elke partner er een heeft.',
    fr: 'La boîte aux lettres de votre institution, comme chaque partenaire en a une.',
    de: 'Der Briefkasten Ihrer Einrichtung, wie jeder Partner einen hat.',
    en: 'The mailbox of your institution, as every partner has one.',
  },
  'rights-tree': {
    nl: 'Een map die de andere bevat.',
    fr: 'Un dossier qui contient les autres.',
    de: 'Ein Ordner, der die anderen enthält.',
    en: 'A folder that holds the others.',
  },
  'rights-helpdesk': {
    nl: 'De mappen van alle partners, zoals de helpdesk van de hub ze ziet: zonder inhoud. Elke blik staat in de log.',
    fr: 'Les dossiers de tous les partenaires, tels que le helpdesk du hub les voit : sans contenu. Chaque regard est consigné.',
    de: 'Die Ordner aller Partner, wie der Helpdesk des Hubs sie sieht: ohne Inhalt. Jeder Blick wird protokolliert.',
    en: 'The folders of all partners as the helpdesk of the hub sees them: without content. Each look is logged.',
  },
  'rights-granted': {
    nl: 'Een gedeelde map: deze regel van de configuratie geeft u toegang.',
    fr: 'Un dossier partagé : cette ligne de la configuration vous y donne accès.',
    de: 'Ein gemeinsamer Ordner: diese Zeile der Konfiguration gibt Ihnen Zugang.',
    en: 'A shared folder: this line of the configuration lets you in.',
  },
  'access-registered': {
    nl: 'Zo en van dit adres mag uw instelling binnenkomen.',
    fr: 'Votre institution peut entrer de cette façon et depuis cette adresse.',
    de: 'So und von dieser Adresse darf Ihre Einrichtung eintreten.',
    en: 'Your institution may come in this way and from this address.',
  },
  'access-now': {
    nl: 'Zo bent u nu binnengekomen.',
    fr: 'C’est ainsi que vous êtes entré maintenant.',
    de: 'So sind Sie jetzt eingetreten.',
    en: 'This is how you came in now.',
  },
  'access-by-exception': {
    nl: 'Over het internet komt u binnen door een uitzondering die nu geldt.',
    fr: 'Par internet vous entrez grâce à une exception en vigueur.',
    de: 'Über das Internet treten Sie durch eine geltende Ausnahme ein.',
    en: 'Over the internet you come in by an exception that is in force.',
  },
  'access-no-exception': {
    nl: 'Over het internet komt u niet binnen: er is geen uitzondering voor u.',
    fr: 'Par internet vous n’entrez pas : il n’y a pas d’exception pour vous.',
    de: 'Über das Internet treten Sie nicht ein: für Sie gibt es keine Ausnahme.',
    en: 'Over the internet you do not come in: there is no exception for you.',
  },
  'exception-is-requested': {
    nl: 'Aangevraagd; er is nog geen advies.',
    fr: 'Demandée ; il n’y a pas encore d’avis.',
    de: 'Beantragt; noch ohne Stellungnahme.',
    en: 'Requested; nobody has advised yet.',
  },
  'exception-is-advised': {
    nl: 'Er is advies; ze is nog niet toegestaan.',
    fr: 'Un avis a été donné ; elle n’est pas encore accordée.',
    de: 'Eine Stellungnahme liegt vor; sie ist noch nicht erteilt.',
    en: 'There is advice; it is not granted yet.',
  },
  'exception-is-granted': {
    nl: 'Toegestaan; ze is nog niet in gebruik.',
    fr: 'Accordée ; elle n’est pas encore active.',
    de: 'Erteilt; sie ist noch nicht aktiv.',
    en: 'Granted; it is not active yet.',
  },
  'exception-is-active': {
    nl: 'Ze geldt, binnen haar datums.',
    fr: 'Elle est active, dans ses dates.',
    de: 'Sie gilt, innerhalb ihrer Daten.',
    en: 'It is active, within its dates.',
  },
  'exception-is-ended': {
    nl: 'Ze is beëindigd.',
    fr: 'Elle a pris fin.',
    de: 'Sie ist beendet.',
    en: 'It has ended.',
  },
  'limit-maxFileBytes': {
    nl: 'Het grootste bestand, in bytes.',
    fr: 'Le plus grand fichier, en octets.',
    de: 'Die größte Datei, in Bytes.',
    en: 'The largest file, in bytes.',
  },
  'limit-quotaBytes': {
    nl: 'Alles samen in de mappen waarin u indient, in bytes.',
    fr: 'Le tout dans les dossiers où vous remettez, en octets.',
    de: 'Alles zusammen in den Ordnern, in die Sie einreichen, in Bytes.',
    en: 'All together in the folders in which you hand in, in bytes.',
  },
  'limit-simulationBytesPerHour': {
    nl: 'Wat uw instelling in een uur mag laten proberen zonder te sturen, in bytes.',
    fr: 'Ce que votre institution peut faire essayer en une heure sans envoyer, en octets.',
    de: 'Was Ihre Einrichtung in einer Stunde probeweise prüfen lassen darf, in Bytes.',
    en: 'What your institution may have tried in an hour without sending, in bytes.',
  },
  'limit-maxConnectionsPerPrincipal': {
    nl: 'Verbindingen die u tegelijk mag hebben.',
    fr: 'Connexions que vous pouvez avoir en même temps.',
    de: 'Verbindungen, die Sie zugleich haben dürfen.',
    en: 'Connections that you may have at once.',
  },
  'limit-partialUploadHours': {
    nl: 'Uren waarin u een onderbroken verzending kunt voortzetten.',
    fr: 'Heures pendant lesquelles un envoi interrompu peut être repris.',
    de: 'Stunden, in denen eine unterbrochene Übertragung fortgesetzt werden kann.',
    en: 'Hours within which an upload that was cut can be gone on with.',
  },
  'limit-stepUpHours': {
    nl: 'Uren dat een tweede factor blijft gelden.',
    fr: 'Heures pendant lesquelles un second facteur reste valable.',
    de: 'Stunden, die ein zweiter Faktor gilt.',
    en: 'Hours for which a second factor holds.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

export type RightsText = keyof typeof RIGHTS_TEXTS;

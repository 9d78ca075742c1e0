import type { Meaning } from './sentences.ts';

/** What fields of declarations (ADRM, BBON, DIMN) mean, by the words that stand behind them in config/flows. */
export const MEANINGS_DECLARED: Readonly<Record<string, Meaning>> = {
  'number of the record in the file, from 1': {
    nl: 'nummer van het record in het bestand, vanaf 1',
    fr: 'numéro de l’enregistrement dans le fichier, à partir de 1',
    de: 'Nummer des Datensatzes in der Datei, ab 1',
  },
  'the sender’s own identifier of this mutation': {
    nl: 'eigen kenmerk van de verzender voor deze mutatie',
    fr: 'identifiant propre de l’expéditeur pour cette mutation',
    de: 'eigene Kennung des Absenders für diese Mutation',
  },
  'the person, by the number the sender knows': {
    nl: 'de persoon, met het nummer dat de verzender kent',
    fr: 'la personne, par le numéro que l’expéditeur connaît',
    de: 'die Person, mit der Nummer, die der Absender kennt',
  },
  'the number that replaces it, where the sender knows one': {
    nl: 'het nummer dat het vervangt, als de verzender er een kent',
    fr: 'le numéro qui le remplace, si l’expéditeur en connaît un',
    de: 'die Nummer, die sie ersetzt, wenn der Absender eine kennt',
  },
  'ADR address, NAM name, DEC death': {
    nl: 'ADR adres, NAM naam, DEC overlijden',
    fr: 'ADR adresse, NAM nom, DEC décès',
    de: 'ADR Adresse, NAM Name, DEC Tod',
  },
  'the day from which the datum is true': {
    nl: 'de dag vanaf wanneer het gegeven geldt',
    fr: 'le jour à partir duquel la donnée est vraie',
    de: 'der Tag, ab dem die Angabe gilt',
  },
  'name of the street': {
    nl: 'naam van de straat',
    fr: 'nom de la rue',
    de: 'Name der Straße',
  },
  'number of the house': {
    nl: 'huisnummer',
    fr: 'numéro de la maison',
    de: 'Hausnummer',
  },
  'letter box': {
    nl: 'busnummer',
    fr: 'numéro de boîte',
    de: 'Briefkastennummer',
  },
  'postal code': {
    nl: 'postcode',
    fr: 'code postal',
    de: 'Postleitzahl',
  },
  'NIS code of the municipality': {
    nl: 'NIS-code van de gemeente',
    fr: 'code INS de la commune',
    de: 'NIS-Code der Gemeinde',
  },
  'NIS code of the country': {
    nl: 'NIS-code van het land',
    fr: 'code INS du pays',
    de: 'NIS-Code des Landes',
  },
  'RR National Register, KSZ registers of the Crossroads Bank': {
    nl: 'RR Rijksregister, KSZ registers van de Kruispuntbank',
    fr: 'RR Registre national, KSZ registres de la Banque Carrefour',
    de: 'RR Nationalregister, KSZ Register der Zentralen Datenbank',
  },
  'quality in which the person is known': {
    nl: 'hoedanigheid waarin de persoon bekend is',
    fr: 'qualité en laquelle la personne est connue',
    de: 'Eigenschaft, in der die Person bekannt ist',
  },
  'first day of that quality': {
    nl: 'eerste dag van die hoedanigheid',
    fr: 'premier jour de cette qualité',
    de: 'erster Tag dieser Eigenschaft',
  },
  'last day of it; empty while it lasts': {
    nl: 'laatste dag ervan; leeg zolang ze duurt',
    fr: 'dernier jour de celle-ci ; vide tant qu’elle dure',
    de: 'letzter Tag davon; leer, solange sie dauert',
  },
  'the insured person': {
    nl: 'de verzekerde',
    fr: 'la personne assurée',
    de: 'die versicherte Person',
  },
  'who paid the contributions': {
    nl: 'wie de bijdragen betaalde',
    fr: 'qui a payé les cotisations',
    de: 'wer die Beiträge gezahlt hat',
  },
  'year of the certificate': {
    nl: 'jaar van het attest',
    fr: 'année de l’attestation',
    de: 'Jahr der Bescheinigung',
  },
  'first day it speaks of': {
    nl: 'eerste dag waarover het gaat',
    fr: 'premier jour concerné',
    de: 'erster Tag, um den es geht',
  },
  'last day': {
    nl: 'laatste dag',
    fr: 'dernier jour',
    de: 'letzter Tag',
  },
  'contributions, in euro cents': {
    nl: 'bijdragen, in eurocent',
    fr: 'cotisations, en centimes d’euro',
    de: 'Beiträge, in Eurocent',
  },
  'days worked': {
    nl: 'gewerkte dagen',
    fr: 'jours travaillés',
    de: 'gearbeitete Tage',
  },
  'reference of the certificate': {
    nl: 'referentie van het attest',
    fr: 'référence de l’attestation',
    de: 'Referenz der Bescheinigung',
  },
  '0 original, 1 change, 3 cancellation': {
    nl: '0 origineel, 1 wijziging, 3 annulering',
    fr: '0 original, 1 modification, 3 annulation',
    de: '0 Original, 1 Änderung, 3 Stornierung',
  },
  'name of the form': {
    nl: 'naam van het formulier',
    fr: 'nom du formulaire',
    de: 'Name des Formulars',
  },
  'day the form was made': {
    nl: 'dag waarop het formulier gemaakt is',
    fr: 'jour de création du formulaire',
    de: 'Tag, an dem das Formular erstellt wurde',
  },
  'hh:mm:ss.SSS': {
    nl: 'uu:mm:ss.SSS',
    fr: 'hh:mm:ss.SSS',
    de: 'hh:mm:ss.SSS',
  },
  'SU submission': {
    nl: 'SU indiening',
    fr: 'SU remise',
    de: 'SU Einreichung',
  },
  '1 this form': {
    nl: '1 dit formulier',
    fr: '1 ce formulaire',
    de: '1 dieses Formular',
  },
  '1 the declarant': {
    nl: '1 de aangever',
    fr: '1 le déclarant',
    de: '1 der Meldende',
  },
  'reference of the notice': {
    nl: 'referentie van de aangifte',
    fr: 'référence de la déclaration',
    de: 'Referenz der Meldung',
  },
  'the employer': {
    nl: 'de werkgever',
    fr: 'l’employeur',
    de: 'der Arbeitgeber',
  },
  'the worker': {
    nl: 'de werknemer',
    fr: 'le travailleur',
    de: 'der Arbeitnehmer',
  },
  'first day of the employment': {
    nl: 'eerste dag van de tewerkstelling',
    fr: 'premier jour de l’occupation',
    de: 'erster Tag der Beschäftigung',
  },
  'last day, where it is known': {
    nl: 'laatste dag, als die bekend is',
    fr: 'dernier jour, s’il est connu',
    de: 'letzter Tag, wenn er bekannt ist',
  },
  'joint committee': {
    nl: 'paritair comité',
    fr: 'commission paritaire',
    de: 'paritätische Kommission',
  },
  'OTH other, STU student, FLX flexi-job': {
    nl: 'OTH andere, STU student, FLX flexi-job',
    fr: 'OTH autre, STU étudiant, FLX flexi-job',
    de: 'OTH andere, STU Student, FLX Flexi-Job',
  },
};

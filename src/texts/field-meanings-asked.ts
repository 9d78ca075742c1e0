import type { Meaning } from './sentences.ts';

/** What fields of the directory, questions, answers and attests (INTG, SOCQ, SOCR, WLAT) mean, by the words that stand behind them in config/flows. */
export const MEANINGS_ASKED: Readonly<Record<string, Meaning>> = {
  'UNREGISTER gives the line that begins on "begin" the end "end"': {
    nl: 'UNREGISTER geeft de lijn die begint op "begin" het einde "end"',
    fr: 'UNREGISTER donne à la ligne qui commence le "begin" la fin "end"',
    de: 'UNREGISTER gibt der Zeile, die am "begin" beginnt, das Ende "end"',
  },
  'the person; known to the directory': {
    nl: 'de persoon; bekend in het repertorium',
    fr: 'la personne ; connue du répertoire',
    de: 'die Person; dem Verzeichnis bekannt',
  },
  'sector of the institution that has the line': {
    nl: 'sector van de instelling die de lijn heeft',
    fr: 'secteur de l’institution qui a la ligne',
    de: 'Sektor der Einrichtung, die die Zeile hat',
  },
  'type of that institution; 0 where the sector does not show its members': {
    nl: 'type van die instelling; 0 als de sector zijn leden niet toont',
    fr: 'type de cette institution ; 0 si le secteur ne montre pas ses membres',
    de: 'Typ dieser Einrichtung; 0, wenn der Sektor seine Mitglieder nicht zeigt',
  },
  'phase of the file': {
    nl: 'fase van het dossier',
    fr: 'phase du dossier',
    de: 'Phase der Akte',
  },
  'first day of the line': {
    nl: 'eerste dag van de lijn',
    fr: 'premier jour de la ligne',
    de: 'erster Tag der Zeile',
  },
  'last day; needed to end a line': {
    nl: 'laatste dag; nodig om een lijn te beëindigen',
    fr: 'dernier jour ; nécessaire pour clore une ligne',
    de: 'letzter Tag; nötig, um eine Zeile zu beenden',
  },
  'number of the identity card': {
    nl: 'nummer van de identiteitskaart',
    fr: 'numéro de la carte d’identité',
    de: 'Nummer des Personalausweises',
  },
  name: {
    nl: 'naam',
    fr: 'nom',
    de: 'Name',
  },
  'first name': {
    nl: 'voornaam',
    fr: 'prénom',
    de: 'Vorname',
  },
  'date of birth': {
    nl: 'geboortedatum',
    fr: 'date de naissance',
    de: 'Geburtsdatum',
  },
  'the asker’s own reference of the customer': {
    nl: 'eigen referentie van de vrager voor de klant',
    fr: 'référence propre du demandeur pour le client',
    de: 'eigene Referenz des Fragestellers für den Kunden',
  },
  'the customer': {
    nl: 'de klant',
    fr: 'le client',
    de: 'der Kunde',
  },
  'the quarter the question is about': {
    nl: 'het kwartaal waarover de vraag gaat',
    fr: 'le trimestre sur lequel porte la question',
    de: 'das Quartal, um das es in der Frage geht',
  },
  'supplier of gas or electricity': {
    nl: 'leverancier van gas of elektriciteit',
    fr: 'fournisseur de gaz ou d’électricité',
    de: 'Lieferant von Gas oder Strom',
  },
  'the asker’s reference, as in the question': {
    nl: 'de referentie van de vrager, zoals in de vraag',
    fr: 'la référence du demandeur, comme dans la question',
    de: 'die Referenz des Fragestellers, wie in der Frage',
  },
  'the customer, by the number of the question or the one that replaces it': {
    nl: 'de klant, met het nummer uit de vraag of het nummer dat het vervangt',
    fr: 'le client, par le numéro de la question ou celui qui le remplace',
    de: 'der Kunde, mit der Nummer der Frage oder der, die sie ersetzt',
  },
  'the quarter of the question': {
    nl: 'het kwartaal van de vraag',
    fr: 'le trimestre de la question',
    de: 'das Quartal der Frage',
  },
  'MSG00000 treated, MSG00005 unknown, MSG00006 replaced, MSG00012 not known to the source': {
    nl: 'MSG00000 behandeld, MSG00005 onbekend, MSG00006 vervangen, MSG00012 niet bekend bij de bron',
    fr: 'MSG00000 traité, MSG00005 inconnu, MSG00006 remplacé, MSG00012 inconnu de la source',
    de: 'MSG00000 behandelt, MSG00005 unbekannt, MSG00006 ersetzt, MSG00012 der Quelle nicht bekannt',
  },
  'whether somebody in the household opens the right': {
    nl: 'of iemand in het gezin het recht opent',
    fr: 'si quelqu’un dans le ménage ouvre le droit',
    de: 'ob jemand im Haushalt den Anspruch begründet',
  },
  'first day of the right': {
    nl: 'eerste dag van het recht',
    fr: 'premier jour du droit',
    de: 'erster Tag des Anspruchs',
  },
  'last day of the right': {
    nl: 'laatste dag van het recht',
    fr: 'dernier jour du droit',
    de: 'letzter Tag des Anspruchs',
  },
  'the number that replaces the one of the question': {
    nl: 'het nummer dat dat uit de vraag vervangt',
    fr: 'le numéro qui remplace celui de la question',
    de: 'die Nummer, die jene der Frage ersetzt',
  },
  'the source’s own identifier of this answer': {
    nl: 'eigen kenmerk van de bron voor dit antwoord',
    fr: 'identifiant propre de la source pour cette réponse',
    de: 'eigene Kennung der Quelle für diese Antwort',
  },
  'as in version 1': {
    nl: 'zoals in versie 1',
    fr: 'comme dans la version 1',
    de: 'wie in Version 1',
  },
  'the hub’s ticket of the question, as it came with it': {
    nl: 'het ticket van de hub voor de vraag, zoals het ermee kwam',
    fr: 'le ticket du hub pour la question, tel qu’il est venu avec elle',
    de: 'das Ticket des Hubs für die Frage, wie es mit ihr kam',
  },
  'the sender’s own identifier of this attest': {
    nl: 'eigen kenmerk van de verzender voor dit attest',
    fr: 'identifiant propre de l’expéditeur pour cette attestation',
    de: 'eigene Kennung des Absenders für diese Bescheinigung',
  },
  'what the attest is for': {
    nl: 'waarvoor het attest dient',
    fr: 'ce à quoi sert l’attestation',
    de: 'wofür die Bescheinigung dient',
  },
  'the person': {
    nl: 'de persoon',
    fr: 'la personne',
    de: 'die Person',
  },
  'sector of the sender: 18': {
    nl: 'sector van de verzender: 18',
    fr: 'secteur de l’expéditeur : 18',
    de: 'Sektor des Absenders: 18',
  },
  'type of institution of the sender: 0': {
    nl: 'type instelling van de verzender: 0',
    fr: 'type d’institution de l’expéditeur : 0',
    de: 'Typ der Einrichtung des Absenders: 0',
  },
  'what is attested': {
    nl: 'wat geattesteerd wordt',
    fr: 'ce qui est attesté',
    de: 'was bescheinigt wird',
  },
  '0 original, 1 change, 2 duplicate, 3 cancellation': {
    nl: '0 origineel, 1 wijziging, 2 duplicaat, 3 annulering',
    fr: '0 original, 1 modification, 2 duplicata, 3 annulation',
    de: '0 Original, 1 Änderung, 2 Duplikat, 3 Stornierung',
  },
  'the reference of the attest that this one cancels': {
    nl: 'de referentie van het attest dat dit annuleert',
    fr: 'la référence de l’attestation que celle-ci annule',
    de: 'die Referenz der Bescheinigung, die diese storniert',
  },
  'first day the attest speaks of': {
    nl: 'eerste dag waarover het attest gaat',
    fr: 'premier jour sur lequel porte l’attestation',
    de: 'erster Tag, um den es in der Bescheinigung geht',
  },
  'last day; null while it lasts': {
    nl: 'laatste dag; null zolang het duurt',
    fr: 'dernier jour ; null tant que cela dure',
    de: 'letzter Tag; null, solange es dauert',
  },
  'whether the unemployment is long-term': {
    nl: 'of de werkloosheid langdurig is',
    fr: 'si le chômage est de longue durée',
    de: 'ob die Arbeitslosigkeit lange dauert',
  },
  'reference of this attest': {
    nl: 'referentie van dit attest',
    fr: 'référence de cette attestation',
    de: 'Referenz dieser Bescheinigung',
  },
};

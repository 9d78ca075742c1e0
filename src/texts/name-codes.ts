import type { Sentences } from './sentences.ts';

/** Codes about the name of a file. Source: docs/domain.md §1. */
export const NAME_CODES = {
  '107': {
    nl: 'De naam van de GO heeft niet de juiste opbouw. Kijk de delen van de naam na.',
    fr: 'Le nom du GO n’a pas la bonne structure. Vérifiez les parties du nom.',
    de: 'Der Name des GO hat nicht den richtigen Aufbau. Prüfen Sie die Teile des Namens.',
    en: 'The name of the GO is not built as it should be. Check the parts of the name.',
  },
  '131': {
    nl: 'De naam van FI heeft niet de juiste opbouw. Kijk de delen van de naam na.',
    fr: 'Le nom du FI n’a pas la bonne structure. Vérifiez les parties du nom.',
    de: 'Der Name der FI hat nicht den richtigen Aufbau. Prüfen Sie die Teile des Namens.',
    en: 'The name of the FI is not built as it should be. Check the parts of the name.',
  },
  '132': {
    nl: 'De naam van FS heeft niet de juiste opbouw. Kijk de delen van de naam na.',
    fr: 'Le nom du FS n’a pas la bonne structure. Vérifiez les parties du nom.',
    de: 'Der Name der FS hat nicht den richtigen Aufbau. Prüfen Sie die Teile des Namens.',
    en: 'The name of the FS is not built as it should be. Check the parts of the name.',
  },
  '129': {
    nl: 'Het eerste deel van de naam kan hier niet. Gebruik FI, FS, GO of TD.',
    fr: 'La première partie du nom n’est pas admise ici. Utilisez FI, FS, GO ou TD.',
    de: 'Der erste Teil des Namens ist hier nicht möglich. Verwenden Sie FI, FS, GO oder TD.',
    en: 'The first part of the name is not possible here. Use FI, FS, GO or TD.',
  },
  '109': {
    nl: 'De datum in de naam heeft niet de vorm JJJJMMDD. Verbeter de naam.',
    fr: 'La date dans le nom n’a pas la forme AAAAMMJJ. Corrigez le nom.',
    de: 'Das Datum im Namen hat nicht die Form JJJJMMTT. Berichtigen Sie den Namen.',
    en: 'The date in the name does not have the form YYYYMMDD. Correct the name.',
  },
  '110': {
    nl: 'De datum in de naam bestaat niet. Verbeter de naam.',
    fr: 'La date dans le nom n’existe pas. Corrigez le nom.',
    de: 'Das Datum im Namen gibt es nicht. Berichtigen Sie den Namen.',
    en: 'The date in the name does not exist. Correct the name.',
  },
  '111': {
    nl: 'De datum in de naam ligt in de toekomst. Gebruik de dag waarop u het bestand maakte.',
    fr: 'La date dans le nom se situe dans le futur. Utilisez le jour de création du fichier.',
    de: 'Das Datum im Namen liegt in der Zukunft. Verwenden Sie den Tag, an dem Sie die Datei erstellt haben.',
    en: 'The date in the name lies in the future. Use the day on which you made the file.',
  },
  '126': {
    nl: 'De datum in de naam is te oud. Maak het bestand opnieuw onder een nieuwe naam.',
    fr: 'La date dans le nom est trop ancienne. Recréez le fichier sous un nouveau nom.',
    de: 'Das Datum im Namen ist zu alt. Erstellen Sie die Datei unter neuem Namen neu.',
    en: 'The date in the name is too old. Make the file again under a new name.',
  },
  '112': {
    nl: 'Het volgnummer in de naam heeft niet vijf posities. Verbeter de naam.',
    fr: 'Le numéro d’ordre dans le nom n’a pas cinq positions. Corrigez le nom.',
    de: 'Die laufende Nummer im Namen hat nicht fünf Stellen. Berichtigen Sie den Namen.',
    en: 'The serial in the name does not have five positions. Correct the name.',
  },
  '113': {
    nl: 'Het volgnummer in de naam is niet numeriek. Verbeter de naam.',
    fr: 'Le numéro d’ordre dans le nom n’est pas numérique. Corrigez le nom.',
    de: 'Die laufende Nummer im Namen ist nicht numerisch. Berichtigen Sie den Namen.',
    en: 'The serial in the name is not numeric. Correct the name.',
  },
  '127': {
    nl: 'Het volgnummer in de naam is nul. Begin te tellen bij 00001.',
    fr: 'Le numéro d’ordre dans le nom est zéro. Commencez à compter à 00001.',
    de: 'Die laufende Nummer im Namen ist null. Zählen Sie ab 00001.',
    en: 'The serial in the name is zero. Count from 00001.',
  },
  '367': {
    nl: 'Het volgnummer in de naam bevat een verkeerd teken. Gebruik alleen 0-9 en A-Z.',
    fr: 'Le numéro d’ordre dans le nom contient un caractère interdit. Utilisez seulement 0-9 et A-Z.',
    de: 'Die laufende Nummer im Namen enthält ein falsches Zeichen. Verwenden Sie nur 0-9 und A-Z.',
    en: 'The serial in the name holds a wrong character. Use 0-9 and A-Z only.',
  },
  '114': {
    nl: 'Het aantal delen in de naam klopt niet. Verbeter de naam.',
    fr: 'Le nombre de parties dans le nom est incorrect. Corrigez le nom.',
    de: 'Die Anzahl der Teile im Namen stimmt nicht. Berichtigen Sie den Namen.',
    en: 'The number of parts in the name is wrong. Correct the name.',
  },
  '115': {
    nl: 'Het nummer van het deel in de naam klopt niet. Verbeter de naam.',
    fr: 'Le numéro de la partie dans le nom est incorrect. Corrigez le nom.',
    de: 'Die Nummer des Teils im Namen stimmt nicht. Berichtigen Sie den Namen.',
    en: 'The number of the part in the name is wrong. Correct the name.',
  },
  '116': {
    nl: 'Het nummer van het deel is groter dan het aantal delen. Verbeter de naam.',
    fr: 'Le numéro de la partie dépasse le nombre de parties. Corrigez le nom.',
    de: 'Die Nummer des Teils ist größer als die Anzahl der Teile. Berichtigen Sie den Namen.',
    en: 'The number of the part is above the number of parts. Correct the name.',
  },
  '128': {
    nl: 'Het aantal delen in de naam van de GO is niet dat van de bestanden FI. Verbeter de namen.',
    fr: 'Le nombre de parties dans le nom du GO n’est pas celui des fichiers FI. Corrigez les noms.',
    de: 'Die Anzahl der Teile im Namen des GO ist nicht die der Dateien FI. Berichtigen Sie die Namen.',
    en: 'The number of parts in the name of the GO is not that of the files FI. Correct the names.',
  },
  '123': {
    nl: 'Bij deze GO staan bestanden FI die een ander aantal delen noemen. Verbeter hun namen of neem ze weg.',
    fr: 'Des fichiers FI présents avec ce GO mentionnent un autre nombre de parties. Corrigez leurs noms ou retirez-les.',
    de: 'Bei diesem GO liegen Dateien FI, die eine andere Anzahl von Teilen nennen. Berichtigen oder entfernen Sie sie.',
    en: 'Beside this GO stand files FI that name another number of parts. Correct their names or take them away.',
  },
  '124': {
    nl: 'Bij deze GO staan handtekeningen FS die een ander aantal delen noemen. Verbeter hun namen of neem ze weg.',
    fr: 'Des signatures FS présentes avec ce GO mentionnent un autre nombre de parties. Corrigez leurs noms ou retirez-les.',
    de: 'Bei diesem GO liegen Signaturen FS, die eine andere Anzahl von Teilen nennen. Berichtigen oder entfernen Sie sie.',
    en: 'Beside this GO stand signatures FS that name another number of parts. Correct their names or take them away.',
  },
  '117': {
    nl: 'De letter van de omgeving in de naam is verkeerd. Gebruik R, T of S.',
    fr: 'La lettre de l’environnement dans le nom est erronée. Utilisez R, T ou S.',
    de: 'Der Buchstabe der Umgebung im Namen ist falsch. Verwenden Sie R, T oder S.',
    en: 'The letter of the environment in the name is wrong. Use R, T or S.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

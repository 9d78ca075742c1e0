import type { Sentences } from './sentences.ts';

/** Codes of records, in the notification. Source: docs/domain.md "Which case gets which code". */
export const RECORD_CODES = {
  '000050': {
    nl: 'Dit veld heeft niet de vorm die de recordindeling vraagt. Verbeter het veld en stuur het record opnieuw.',
    fr: 'Ce champ n’a pas la forme demandée par la structure. Corrigez-le et renvoyez l’enregistrement.',
    de: 'Dieses Feld hat nicht die Form, die der Satzaufbau verlangt. Berichtigen Sie es und senden Sie den Datensatz neu.',
    en: 'This field does not have the form the layout asks for. Correct it and send the record again.',
  },
  MSG00011: {
    nl: 'Dit nummer is niet geldig: het controlegetal of de opbouw klopt niet. Kijk het nummer na.',
    fr: 'Ce numéro n’est pas valable : son chiffre de contrôle ou sa composition est incorrecte. Vérifiez le numéro.',
    de: 'Diese Nummer ist ungültig: Prüfziffer oder Aufbau stimmt nicht. Prüfen Sie die Nummer.',
    en: 'This number is not valid: its check digits or its structure are wrong. Check the number.',
  },
  MSG00008: {
    nl: 'Deze datum bestaat niet, of de periode eindigt voor ze begint. Verbeter de datums.',
    fr: 'Cette date n’existe pas, ou la période se termine avant de commencer. Corrigez les dates.',
    de: 'Dieses Datum gibt es nicht, oder der Zeitraum endet vor seinem Beginn. Berichtigen Sie die Datumsangaben.',
    en: 'This date does not exist, or the period ends before it begins. Correct the dates.',
  },
  MSG00005: {
    nl: 'Deze persoon is niet bekend in het verwijzingsrepertorium. Kijk het nummer na of integreer eerst de persoon.',
    fr: 'Cette personne est inconnue du répertoire des références. Vérifiez le numéro ou intégrez d’abord la personne.',
    de: 'Diese Person ist im Referenzverzeichnis unbekannt. Prüfen Sie die Nummer oder integrieren Sie die Person zuerst.',
    en: 'This person is not known to the reference directory. Check the number, or integrate the person first.',
  },
  MSG00006: {
    nl: 'Dit nummer is vervangen. Het record is aanvaard; gebruik voortaan het nieuwe nummer.',
    fr: 'Ce numéro a été remplacé. L’enregistrement est accepté ; utilisez désormais le nouveau numéro.',
    de: 'Diese Nummer wurde ersetzt. Der Datensatz ist angenommen; verwenden Sie künftig die neue Nummer.',
    en: 'This number has been replaced. The record is accepted; use the new number from now on.',
  },
  MSG00012: {
    nl: 'De bestemmeling heeft deze persoon niet in de gevraagde hoedanigheid en periode. Kijk bestemmeling en periode na.',
    fr: 'Le destinataire n’a pas cette personne en cette qualité pour cette période. Vérifiez le destinataire et la période.',
    de: 'Der Empfänger führt diese Person nicht in dieser Eigenschaft für diesen Zeitraum. Prüfen Sie beides.',
    en: 'The receiver has no line for this person in this quality and period. Check the receiver and the period.',
  },
  '300010': {
    nl: 'U bent niet gemachtigd om dit gegeven mee te delen. Kijk de machtiging van deze stroom na.',
    fr: 'Vous n’êtes pas autorisé à communiquer cette donnée. Vérifiez l’autorisation de ce flux.',
    de: 'Sie sind nicht ermächtigt, diese Angabe mitzuteilen. Prüfen Sie die Ermächtigung für diesen Datenfluss.',
    en: 'You are not authorized to communicate this datum. Check the authorization of this flow.',
  },
  '300020': {
    nl: 'U hebt deze persoon niet geïntegreerd in de vereiste hoedanigheid. Integreer de persoon en stuur het record opnieuw.',
    fr: 'Vous n’avez pas intégré cette personne en la qualité requise. Intégrez-la et renvoyez l’enregistrement.',
    de: 'Sie haben diese Person nicht in der nötigen Eigenschaft integriert. Integrieren Sie sie und senden Sie den Datensatz neu.',
    en: 'You have not integrated this person in the quality that is needed. Integrate the person and send the record again.',
  },
  '300030': {
    nl: 'Uw integratie van deze persoon dekt niet de hele periode. Verruim de integratie of verbeter de periode.',
    fr: 'Votre intégration de cette personne ne couvre pas toute la période. Élargissez-la ou corrigez la période.',
    de: 'Ihre Integration dieser Person deckt nicht den ganzen Zeitraum. Erweitern Sie sie oder berichtigen Sie den Zeitraum.',
    en: 'Your integration of this person does not cover the whole period. Widen it, or correct the period.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

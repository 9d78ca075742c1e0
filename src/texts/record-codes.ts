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
  '300040': {
    nl: 'Dit staat er al: een open vraag, een antwoord of een lijn. Een tweede wordt niet aangenomen.',
    fr: 'Ceci existe déjà : une question ouverte, une réponse ou une ligne. Une deuxième n’est pas acceptée.',
    de: 'Das gibt es schon: eine offene Frage, eine Antwort oder eine Zeile. Eine zweite wird nicht angenommen.',
    en: 'This is there already: an open question, an answer or a line. A second one is not taken.',
  },
  MSG00013: {
    nl: 'Geen vraag aan u past bij dit antwoord. Kijk verwijzing, persoon en periode na.',
    fr: 'Aucune question qui vous est posée ne correspond à cette réponse. Vérifiez référence, personne et période.',
    de: 'Keine an Sie gestellte Frage passt zu dieser Antwort. Prüfen Sie Verweis, Person und Zeitraum.',
    en: 'No question put to you fits this answer. Check reference, person and period.',
  },
  '253': {
    nl: 'Dit kan niet worden bezorgd: niemand is ervoor aangesloten, of de vraag is afgesloten. Vraag de helpdesk om raad.',
    fr: 'Ceci ne peut être remis : personne n’est raccordé pour cela, ou la question est close. Demandez conseil au helpdesk.',
    de: 'Das kann nicht zugestellt werden: niemand ist dafür angeschlossen, oder die Frage ist geschlossen. Fragen Sie den Helpdesk.',
    en: 'This cannot be delivered: nobody is connected for it, or the question is closed. Ask the helpdesk.',
  },
  '000051': {
    nl: 'Meer dan één vraag past bij dit antwoord. Vermeld het ticket van de vraag.',
    fr: 'Plus d’une question correspond à cette réponse. Indiquez le ticket de la question.',
    de: 'Mehr als eine Frage passt zu dieser Antwort. Geben Sie das Ticket der Frage an.',
    en: 'More than one question fits this answer. Give the ticket of the question.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

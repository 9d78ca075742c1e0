import type { Sentences } from './sentences.ts';

/** What happened to a file, and what its sender can do next. Detail: a number, a name. */
export const SUBMISSION_TEXTS = {
  'event-received': {
    nl: 'Het bestand is binnengekomen.',
    fr: 'Le fichier est arrivé.',
    de: 'Die Datei ist angekommen.',
    en: 'The file came in.',
  },
  'event-receipt': {
    nl: 'De ontvangstmelding staat in uw brievenbus: het bestand wordt verwerkt.',
    fr: 'L’accusé de réception est dans votre boîte aux lettres : le fichier sera traité.',
    de: 'Die Empfangsbestätigung liegt in Ihrem Briefkasten: die Datei wird verarbeitet.',
    en: 'The receipt is in your mailbox: the file will be processed.',
  },
  'event-receipt-negative': {
    nl: 'De ontvangstmelding staat in uw brievenbus: het bestand is geweigerd.',
    fr: 'L’accusé de réception est dans votre boîte aux lettres : le fichier est refusé.',
    de: 'Die Empfangsbestätigung liegt in Ihrem Briefkasten: die Datei wurde abgelehnt.',
    en: 'The receipt is in your mailbox: the file was refused.',
  },
  'event-checking': {
    nl: 'De controle van de records is begonnen.',
    fr: 'Le contrôle des enregistrements a commencé.',
    de: 'Die Prüfung der Datensätze hat begonnen.',
    en: 'The check of the records began.',
  },
  'event-answered': {
    nl: 'De controle is klaar; de notificatie staat in uw brievenbus.',
    fr: 'Le contrôle est terminé ; la notification est dans votre boîte aux lettres.',
    de: 'Die Prüfung ist fertig; die Notifikation liegt in Ihrem Briefkasten.',
    en: 'The check is done; the notification is in your mailbox.',
  },
  'event-delivered': {
    nl: 'Wat aanvaard is, is geleverd.',
    fr: 'Ce qui a été accepté est livré.',
    de: 'Was angenommen wurde, ist geliefert.',
    en: 'What was accepted was delivered.',
  },
  'event-cancelled': {
    nl: 'Het bestand is teruggenomen voor het gecontroleerd werd.',
    fr: 'Le fichier a été repris avant d’être contrôlé.',
    de: 'Die Datei wurde vor ihrer Prüfung zurückgenommen.',
    en: 'The file was taken back before it was checked.',
  },
  'event-quarantine': {
    nl: 'Het bestand is opzijgezet: het kon niet worden gecontroleerd. De hub kijkt ernaar.',
    fr: 'Le fichier est mis de côté : il n’a pas pu être contrôlé. Le hub l’examine.',
    de: 'Die Datei wurde beiseitegelegt: sie war nicht zu prüfen. Der Hub sieht sie sich an.',
    en: 'The file was put aside: it could not be checked. The hub looks at it.',
  },
  'event-quarantine-lifted': {
    nl: 'De hub laat het bestand opnieuw controleren.',
    fr: 'Le hub fait contrôler le fichier à nouveau.',
    de: 'Der Hub lässt die Datei erneut prüfen.',
    en: 'The hub lets the file be checked again.',
  },
  'event-quarantine-rejected': {
    nl: 'De hub heeft de verwerking van het bestand beëindigd.',
    fr: 'Le hub a mis fin au traitement du fichier.',
    de: 'Der Hub hat die Verarbeitung der Datei beendet.',
    en: 'The hub ended the processing of the file.',
  },
  'event-again': {
    nl: 'Hetzelfde bestand kwam nog eens en kreeg dezelfde ontvangstmelding.',
    fr: 'Le même fichier est revenu et a reçu le même accusé de réception.',
    de: 'Dieselbe Datei kam noch einmal und bekam dieselbe Empfangsbestätigung.',
    en: 'The same file came in again and got the same receipt.',
  },
  'event-redelivered': {
    nl: 'Een levering van dit bestand is opnieuw gedaan.',
    fr: 'Une livraison de ce fichier a été refaite.',
    de: 'Eine Lieferung dieser Datei wurde wiederholt.',
    en: 'A delivery of this file was made again.',
  },
  'event-delivery-lost': {
    nl: 'Een levering van dit bestand is niet op tijd opgehaald.',
    fr: 'Une livraison de ce fichier n’a pas été retirée à temps.',
    de: 'Eine Lieferung dieser Datei wurde nicht rechtzeitig abgeholt.',
    en: 'A delivery of this file was not picked up in time.',
  },
  'event-picked-up': {
    nl: 'Een antwoord is uit de brievenbus gehaald.',
    fr: 'Une réponse a été retirée de la boîte aux lettres.',
    de: 'Eine Antwort wurde aus dem Briefkasten geholt.',
    en: 'An answer was taken from the mailbox.',
  },
  'next-waiting': {
    nl: 'U hoeft niets te doen: het antwoord komt vanzelf.',
    fr: 'Vous n’avez rien à faire : la réponse viendra d’elle-même.',
    de: 'Sie brauchen nichts zu tun: die Antwort kommt von selbst.',
    en: 'There is nothing to do: the answer comes by itself.',
  },
  'next-accepted': {
    nl: 'U hoeft niets te doen: alles is aanvaard.',
    fr: 'Vous n’avez rien à faire : tout est accepté.',
    de: 'Sie brauchen nichts zu tun: alles ist angenommen.',
    en: 'There is nothing to do: everything was accepted.',
  },
  'next-partially-accepted': {
    nl: 'Verbeter de geweigerde records en stuur die alleen opnieuw, in een nieuw bestand.',
    fr: 'Corrigez les enregistrements refusés et renvoyez-les seuls, dans un nouveau fichier.',
    de: 'Berichtigen Sie die abgelehnten Datensätze und senden Sie nur diese erneut, in einer neuen Datei.',
    en: 'Correct the refused records and send only those again, in a new file.',
  },
  'next-rejected': {
    nl: 'Niets van dit bestand is aanvaard. Verbeter het en stuur het onder een nieuwe naam.',
    fr: 'Rien de ce fichier n’est accepté. Corrigez-le et envoyez-le sous un nouveau nom.',
    de: 'Nichts aus dieser Datei wurde angenommen. Berichtigen Sie sie und senden Sie sie unter neuem Namen.',
    en: 'Nothing of this file was accepted. Correct it and send it under a new name.',
  },
  'next-quarantined': {
    nl: 'U hoeft niets te doen: de hub kijkt ernaar. Duurt het lang, vraag het de helpdesk.',
    fr: 'Vous n’avez rien à faire : le hub l’examine. Si cela tarde, demandez au helpdesk.',
    de: 'Sie brauchen nichts zu tun: der Hub prüft es. Dauert es lange, fragen Sie den Helpdesk.',
    en: 'There is nothing to do: the hub looks at it. If it takes long, ask the helpdesk.',
  },
  'next-cancelled': {
    nl: 'U hebt dit bestand teruggenomen. Stuur het opnieuw als het klaar is.',
    fr: 'Vous avez repris ce fichier. Renvoyez-le quand il sera prêt.',
    de: 'Sie haben diese Datei zurückgenommen. Senden Sie sie erneut, wenn sie fertig ist.',
    en: 'You took this file back. Send it again when it is ready.',
  },
  'next-dry-accepted': {
    nl: 'Er is niets geleverd. Alles zou worden aanvaard: u kunt het bestand sturen.',
    fr: 'Rien n’a été livré. Tout serait accepté : vous pouvez envoyer le fichier.',
    de: 'Nichts wurde geliefert. Alles würde angenommen: Sie können die Datei senden.',
    en: 'Nothing was delivered. Everything would be accepted: you can send the file.',
  },
  'next-dry-refused': {
    nl: 'Er is niets geleverd. Verbeter wat hieronder staat voor u het bestand stuurt.',
    fr: 'Rien n’a été livré. Corrigez ce qui suit avant d’envoyer le fichier.',
    de: 'Nichts wurde geliefert. Berichtigen Sie das Folgende, bevor Sie die Datei senden.',
    en: 'Nothing was delivered. Correct what stands below before you send the file.',
  },
  'alarm-quarantined': {
    nl: 'Een bestand staat opzij en wordt niet verwerkt voor de hub ernaar gekeken heeft.',
    fr: 'Un fichier est mis de côté et ne sera traité qu’après examen par le hub.',
    de: 'Eine Datei liegt beiseite und wird erst verarbeitet, wenn der Hub sie angesehen hat.',
    en: 'A file was put aside and is not processed before the hub has looked at it.',
  },
  'alarm-unanswered': {
    nl: 'Een bestand wacht al lang op zijn antwoord.',
    fr: 'Un fichier attend sa réponse depuis longtemps.',
    de: 'Eine Datei wartet schon lange auf ihre Antwort.',
    en: 'A file has waited for its answer for long.',
  },
  'alarm-answers-awaited': {
    nl: 'Op vragen van u zijn de antwoorden te laat.',
    fr: 'Les réponses à vos questions sont en retard.',
    de: 'Die Antworten auf Ihre Fragen sind überfällig.',
    en: 'Answers to questions of yours are overdue.',
  },
  'alarm-answers-owed': {
    nl: 'Vragen aan u hadden al beantwoord moeten zijn. Stuur de antwoorden nog.',
    fr: 'Des questions posées à vous devraient déjà avoir une réponse. Envoyez encore les réponses.',
    de: 'Fragen an Sie hätten schon beantwortet sein sollen. Senden Sie die Antworten noch.',
    en: 'Questions put to you should have been answered by now. Send the answers still.',
  },
  'alarm-expected-missing': {
    nl: 'Een verwacht bestand is niet gekomen. Stuur het nog, of verwittig de helpdesk.',
    fr: 'Un fichier attendu n’est pas arrivé. Envoyez-le encore, ou prévenez le helpdesk.',
    de: 'Eine erwartete Datei ist nicht gekommen. Senden Sie sie noch, oder verständigen Sie den Helpdesk.',
    en: 'An expected file did not come. Send it still, or tell the helpdesk.',
  },
  'verify-altered': {
    nl: 'Dit is niet meer wat ondertekend werd: het bestand is veranderd.',
    fr: 'Ce n’est plus ce qui a été signé : le fichier a changé.',
    de: 'Das ist nicht mehr, was signiert wurde: die Datei wurde verändert.',
    en: 'This is not what was signed: the file was altered.',
  },
  'verify-not-good': {
    nl: 'De handtekening is niet goed. Vraag de helpdesk om raad.',
    fr: 'La signature n’est pas bonne. Demandez conseil au helpdesk.',
    de: 'Die Signatur ist nicht gut. Fragen Sie den Helpdesk.',
    en: 'The signature is not good. Ask the helpdesk.',
  },
  'verify-gone': {
    nl: 'De hub heeft dit bestand niet meer.',
    fr: 'Le hub n’a plus ce fichier.',
    de: 'Der Hub hat diese Datei nicht mehr.',
    en: 'The hub does not have this file any more.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

export type SubmissionText = keyof typeof SUBMISSION_TEXTS;

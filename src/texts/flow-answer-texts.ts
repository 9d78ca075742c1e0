import type { Sentences } from './sentences.ts';

/** What the page of a flow says of files that are expected, and of what comes back. See FLOW_GUIDE_TEXTS. */
export const FLOW_ANSWER_TEXTS = {
  'expected-day': {
    nl: 'Een bestand van {from} wordt elke dag verwacht tegen {by}, Belgische tijd; {graceHours} u later ontbreekt het.',
    fr: 'Un fichier de {from} est attendu chaque jour pour {by}, heure belge ; {graceHours} h plus tard, il manque.',
    de: 'Eine Datei von {from} wird jeden Tag bis {by} erwartet, belgische Zeit; {graceHours} h später fehlt sie.',
    en: 'A file of {from} is expected every day by {by}, Belgian time; {graceHours} h later it is missing.',
  },
  'expected-working-day': {
    nl: 'Een bestand van {from} wordt elke werkdag verwacht tegen {by}, Belgische tijd; {graceHours} u later ontbreekt het.',
    fr: 'Un fichier de {from} est attendu chaque jour ouvrable pour {by}, heure belge ; {graceHours} h plus tard, il manque.',
    de: 'Eine Datei von {from} wird jeden Werktag bis {by} erwartet, belgische Zeit; {graceHours} h später fehlt sie.',
    en: 'A file of {from} is expected every working day by {by}, Belgian time; {graceHours} h later it is missing.',
  },
  'expected-week': {
    nl: 'Een bestand van {from} wordt elke week op {weekday} verwacht tegen {by}, Belgische tijd; {graceHours} u later ontbreekt het.',
    fr: 'Un fichier de {from} est attendu chaque semaine, le {weekday}, pour {by}, heure belge ; {graceHours} h plus tard, il manque.',
    de: 'Eine Datei von {from} wird jede Woche am {weekday} bis {by} erwartet, belgische Zeit; {graceHours} h später fehlt sie.',
    en: 'A file of {from} is expected every week on {weekday} by {by}, Belgian time; {graceHours} h later it is missing.',
  },
  'expected-month': {
    nl: 'Een bestand van {from} wordt elke maand verwacht op dag {day} ervan, tegen {by}, Belgische tijd; {graceHours} u later ontbreekt het.',
    fr: 'Un fichier de {from} est attendu chaque mois, au jour {day} du mois, pour {by}, heure belge ; {graceHours} h plus tard, il manque.',
    de: 'Eine Datei von {from} wird jeden Monat an seinem Tag {day} bis {by} erwartet, belgische Zeit; {graceHours} h später fehlt sie.',
    en: 'A file of {from} is expected every month on its day {day} by {by}, Belgian time; {graceHours} h later it is missing.',
  },
  'expected-quarter': {
    nl: 'Een bestand van {from} wordt elk kwartaal verwacht op dag {day} ervan, tegen {by}, Belgische tijd; {graceHours} u later ontbreekt het.',
    fr: 'Un fichier de {from} est attendu chaque trimestre, au jour {day} du trimestre, pour {by}, heure belge ; {graceHours} h plus tard, il manque.',
    de: 'Eine Datei von {from} wird jedes Quartal an seinem Tag {day} bis {by} erwartet, belgische Zeit; {graceHours} h später fehlt sie.',
    en: 'A file of {from} is expected every quarter on its day {day} by {by}, Belgian time; {graceHours} h later it is missing.',
  },
  receipt: {
    nl: 'Een **ontvangstmelding** voor elk bestand binnen seconden, voor de records ervan beoordeeld zijn: {file} met haar handtekening {signature}, of, voor partners van het batchkanaal, {batch} met FS en GO. Ze zegt dat het bestand volledig aankwam en verwerkt zal worden, of waarom niet; nooit dat het aanvaard is.',
    fr: 'Un **accusé de réception** pour chaque fichier en quelques secondes, avant que ses enregistrements ne soient jugés : {file} avec sa signature {signature}, ou, pour les partenaires du canal batch, {batch} avec FS et GO. Il dit que le fichier est arrivé entier et sera traité, ou pourquoi il ne le sera pas ; jamais qu’il est accepté.',
    de: 'Eine **Empfangsbestätigung** für jede Datei binnen Sekunden, bevor über ihre Datensätze entschieden ist: {file} mit ihrer Signatur {signature}, oder, für Partner des Batch-Kanals, {batch} mit FS und GO. Sie sagt, dass die Datei vollständig ankam und verarbeitet wird, oder warum nicht; nie, dass sie angenommen ist.',
    en: 'A **receipt** for each file within seconds, before its records are judged: {file} with its signature {signature}, or, for partners of the batch channel, {batch} with FS and GO. It says that the file arrived whole and will be processed, or why not; never that it was accepted.',
  },
  notification: {
    nl: 'Een **notificatie** als elk record gecontroleerd is: {file} of {batch}, met totalen en alle fouten van elk geweigerd record. Meer dan {most} regels komen in genummerde delen ({part}), elk ondertekend; {last} duidt het laatste aan.',
    fr: 'Une **notification** quand chaque enregistrement est contrôlé : {file} ou {batch}, avec des totaux et toutes les erreurs de chaque enregistrement refusé. Plus de {most} lignes viennent en parties numérotées ({part}), chacune signée ; {last} marque la dernière.',
    de: 'Eine **Notifikation**, wenn jeder Datensatz geprüft ist: {file} oder {batch}, mit Summen und allen Fehlern jedes abgelehnten Datensatzes. Mehr als {most} Einträge kommen in nummerierten Teilen ({part}), jeder signiert; {last} bezeichnet den letzten.',
    en: 'A **notification** when every record was checked: {file} or {batch}, with totals and all faults of each refused record. More than {most} entries come in numbered parts ({part}), each signed; {last} marks the last.',
  },
  'record-number': {
    nl: 'Een record wordt genoemd met zijn nummer in het bestand, vanaf 1; een regel met namen van kolommen telt niet mee. `LineNbr` is dat nummer.',
    fr: 'Un enregistrement est désigné par son numéro dans le fichier, à partir de 1 ; une ligne de noms de colonnes ne compte pas. `LineNbr` est ce numéro.',
    de: 'Ein Datensatz wird mit seiner Nummer in der Datei genannt, ab 1; eine Zeile mit Spaltennamen zählt nicht. `LineNbr` ist diese Nummer.',
    en: 'A record is named by its number in the file, from 1; a line with names of columns does not count. `LineNbr` is that number.',
  },
  delivery: {
    nl: 'Ontvangers vinden {name} in hun brievenbus, met een ondertekend manifest. Het blijft {days} dagen of tot ze het wegnemen; een levering die niemand ophaalde, wordt gemeld aan verzender, ontvanger en hub.',
    fr: 'Les destinataires trouvent {name} dans leur boîte aux lettres, avec un manifeste signé. Il y reste {days} jours ou jusqu’à ce qu’ils le retirent ; une livraison que personne n’a retirée est signalée à l’expéditeur, au destinataire et au hub.',
    de: 'Empfänger finden {name} in ihrem Briefkasten, mit signiertem Manifest. Es bleibt {days} Tage oder bis sie es entfernen; eine Lieferung, die niemand abholte, wird Absender, Empfänger und Hub gemeldet.',
    en: 'Receivers find {name} in their mailbox, with a signed manifest. It stays for {days} days or until they remove it; one that nobody picked up is told to sender, receiver and hub.',
  },
  'delivery-reminded': {
    nl: 'Ontvangers vinden {name} in hun brievenbus, met een ondertekend manifest. Het blijft {days} dagen of tot ze het wegnemen; wie het niet ophaalde, krijgt een herinnering na {after} dagen, en een levering die niemand ophaalde, wordt gemeld aan verzender, ontvanger en hub.',
    fr: 'Les destinataires trouvent {name} dans leur boîte aux lettres, avec un manifeste signé. Il y reste {days} jours ou jusqu’à ce qu’ils le retirent ; qui ne l’a pas retiré reçoit un rappel après {after} jours, et une livraison que personne n’a retirée est signalée à l’expéditeur, au destinataire et au hub.',
    de: 'Empfänger finden {name} in ihrem Briefkasten, mit signiertem Manifest. Es bleibt {days} Tage oder bis sie es entfernen; wer es nicht abholte, wird nach {after} Tagen erinnert, und eine Lieferung, die niemand abholte, wird Absender, Empfänger und Hub gemeldet.',
    en: 'Receivers find {name} in their mailbox, with a signed manifest. It stays for {days} days or until they remove it; who did not pick it up is reminded after {after} days, and one that nobody picked up is told to sender, receiver and hub.',
  },
  language: {
    nl: 'Antwoorden zijn in de taal van de partner: de zinnen bij de codes. Wat verwacht werd, kan er tussen haakjes achter staan.',
    fr: 'Les réponses sont dans la langue du partenaire : les phrases des codes. Ce qui était attendu peut suivre entre parenthèses.',
    de: 'Antworten sind in der Sprache des Partners: die Sätze der Codes. Was erwartet wurde, kann in Klammern folgen.',
    en: 'Answers are in the language of the partner: the sentences below. What was expected may follow in brackets.',
  },
  'weekday-monday': { nl: 'maandag', fr: 'lundi', de: 'Montag', en: 'monday' },
  'weekday-tuesday': { nl: 'dinsdag', fr: 'mardi', de: 'Dienstag', en: 'tuesday' },
  'weekday-wednesday': { nl: 'woensdag', fr: 'mercredi', de: 'Mittwoch', en: 'wednesday' },
  'weekday-thursday': { nl: 'donderdag', fr: 'jeudi', de: 'Donnerstag', en: 'thursday' },
  'weekday-friday': { nl: 'vrijdag', fr: 'vendredi', de: 'Freitag', en: 'friday' },
  'weekday-saturday': { nl: 'zaterdag', fr: 'samedi', de: 'Samstag', en: 'saturday' },
  'weekday-sunday': { nl: 'zondag', fr: 'dimanche', de: 'Sonntag', en: 'sunday' },
} as const satisfies Readonly<Record<string, Sentences>>;

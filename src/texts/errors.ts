import type { ErrorCode } from '../domain/errors.ts';
import type { Sentences } from './sentences.ts';

/** Why a request over WebDAV, SFTP or the portal was not done. */
export const ERRORS = {
  'bad-path': {
    nl: 'Deze naam kan hier niet. Kies een naam zonder bijzondere tekens.',
    fr: 'Ce nom n’est pas possible ici. Choisissez un nom sans caractères spéciaux.',
    de: 'Dieser Name ist hier nicht möglich. Wählen Sie einen Namen ohne Sonderzeichen.',
    en: 'This name is not possible here. Choose a name without special characters.',
  },
  'bad-request': {
    nl: 'Deze vraag is niet te begrijpen. Probeer opnieuw of gebruik een ander programma.',
    fr: 'Cette demande est incompréhensible. Réessayez ou utilisez un autre programme.',
    de: 'Diese Anfrage ist nicht verständlich. Versuchen Sie es erneut oder mit einem anderen Programm.',
    en: 'This request cannot be understood. Try again, or use another program.',
  },
  'not-found': {
    nl: 'Dit bestand of deze map is er niet. Kijk de naam na.',
    fr: 'Ce fichier ou ce dossier n’existe pas. Vérifiez le nom.',
    de: 'Diese Datei oder diesen Ordner gibt es nicht. Prüfen Sie den Namen.',
    en: 'There is no such file or folder. Check the name.',
  },
  'not-allowed': {
    nl: 'U mag dit hier niet doen. Vraag uw lokale beheerder om het recht als u het nodig hebt.',
    fr: 'Vous n’y êtes pas autorisé. Si nécessaire, demandez ce droit à votre gestionnaire local.',
    de: 'Das dürfen Sie hier nicht. Bitten Sie bei Bedarf Ihren lokalen Verwalter um das Recht.',
    en: 'You may not do this here. Ask your local administrator for the right if you need it.',
  },
  'level-too-low': {
    nl: 'Dit vraagt een tweede factor. Geef uw code of wachtwoord op /step-up van dit adres, of meld u over SFTP aan met een eenmalige code.',
    fr: 'Ceci exige un second facteur. Donnez code ou mot de passe sur /step-up de cette adresse, ou passez par SFTP avec un code unique.',
    de: 'Dies verlangt einen zweiten Faktor. Geben Sie ihn auf /step-up dieser Adresse ein, oder nutzen Sie SFTP mit einem Einmalcode.',
    en: 'This needs a second factor. Give your code or password on the page /step-up of this address, or log in to SFTP with a one-time code.',
  },
  'no-parent': {
    nl: 'De map waarin dit moet komen, is er niet. Maak ze eerst.',
    fr: 'Le dossier de destination n’existe pas. Créez-le d’abord.',
    de: 'Den Ordner dafür gibt es nicht. Legen Sie ihn zuerst an.',
    en: 'The folder this should go into is not there. Make it first.',
  },
  'already-exists': {
    nl: 'Deze naam bestaat al. Kies een andere naam.',
    fr: 'Ce nom existe déjà. Choisissez un autre nom.',
    de: 'Diesen Namen gibt es schon. Wählen Sie einen anderen.',
    en: 'This name is taken. Choose another one.',
  },
  'is-folder': {
    nl: 'Dit is een map, geen bestand. Kies een bestand.',
    fr: 'Ceci est un dossier, pas un fichier. Choisissez un fichier.',
    de: 'Das ist ein Ordner, keine Datei. Wählen Sie eine Datei.',
    en: 'This is a folder, not a file. Choose a file.',
  },
  'not-folder': {
    nl: 'Dit is een bestand, geen map. Kies een map.',
    fr: 'Ceci est un fichier, pas un dossier. Choisissez un dossier.',
    de: 'Das ist eine Datei, kein Ordner. Wählen Sie einen Ordner.',
    en: 'This is a file, not a folder. Choose a folder.',
  },
  'not-empty': {
    nl: 'Deze map is niet leeg. Maak ze eerst leeg.',
    fr: 'Ce dossier n’est pas vide. Videz-le d’abord.',
    de: 'Dieser Ordner ist nicht leer. Leeren Sie ihn zuerst.',
    en: 'This folder is not empty. Empty it first.',
  },
  'precondition-failed': {
    nl: 'Dit bestand is intussen veranderd. Haal het opnieuw op en probeer dan opnieuw.',
    fr: 'Ce fichier a changé entre-temps. Reprenez-le et réessayez.',
    de: 'Diese Datei hat sich inzwischen geändert. Holen Sie sie neu und versuchen Sie es erneut.',
    en: 'This file has changed meanwhile. Fetch it again and then retry.',
  },
  frozen: {
    nl: 'Dit bestand wordt behandeld en kan niet veranderen. Wacht op het antwoord.',
    fr: 'Ce fichier est en cours de traitement et ne peut changer. Attendez la réponse.',
    de: 'Diese Datei wird verarbeitet und ist nicht änderbar. Warten Sie auf die Antwort.',
    en: 'This file is being processed and cannot change. Wait for the answer.',
  },
  locked: {
    nl: 'Iemand anders werkt aan dit bestand en heeft het vergrendeld. Wacht tot het weer vrij is.',
    fr: 'Quelqu’un d’autre travaille sur ce fichier et l’a verrouillé. Attendez qu’il soit libre.',
    de: 'Jemand anders bearbeitet diese Datei und hat sie gesperrt. Warten Sie, bis sie frei ist.',
    en: 'Somebody else works on this file and has locked it. Wait until it is free.',
  },
  'not-locked': {
    nl: 'Deze vergrendeling is er niet of niet meer. Vergrendel opnieuw als u verder wilt werken.',
    fr: 'Ce verrou n’existe pas ou plus. Verrouillez à nouveau si vous voulez continuer.',
    de: 'Diese Sperre gibt es nicht oder nicht mehr. Sperren Sie erneut, wenn Sie weiterarbeiten wollen.',
    en: 'This lock is not there, or not any more. Lock again if you want to go on.',
  },
  'wrong-offset': {
    nl: 'Dit deel sluit niet aan bij wat er al is. Vraag hoever het bestand is en ga daar verder.',
    fr: 'Cette partie ne suit pas ce qui est déjà reçu. Demandez où en est le fichier et continuez de là.',
    de: 'Dieser Teil schließt nicht an das Vorhandene an. Fragen Sie, wie weit die Datei ist, und machen Sie dort weiter.',
    en: 'This part does not follow what is there already. Ask how far the file is, and go on from there.',
  },
  'over-quota': {
    nl: 'De ruimte die u hier toekomt, is op. Verwijder wat u niet meer nodig hebt, ook onafgewerkte uploads, of vraag meer ruimte.',
    fr: 'L’espace qui vous est attribué ici est épuisé. Supprimez ce qui est inutile, envois inachevés compris, ou demandez plus d’espace.',
    de: 'Der Platz, der Ihnen hier zusteht, ist belegt. Löschen Sie Unnötiges, auch unfertige Uploads, oder bitten Sie um mehr Platz.',
    en: 'The room you are given here is used up. Remove what you no longer need, unfinished uploads too, or ask for more room.',
  },
  'too-large': {
    nl: 'Dit bestand is te groot. Splits het of vraag de helpdesk naar de grens.',
    fr: 'Ce fichier est trop grand. Divisez-le ou demandez la limite au helpdesk.',
    de: 'Diese Datei ist zu groß. Teilen Sie sie oder fragen Sie den Helpdesk nach der Grenze.',
    en: 'This file is too large. Split it, or ask the helpdesk for the limit.',
  },
  'out-of-space': {
    nl: 'Er is nu geen plaats voor dit bestand. Probeer later opnieuw.',
    fr: 'Il n’y a pas de place pour ce fichier actuellement. Réessayez plus tard.',
    de: 'Für diese Datei ist gerade kein Platz. Versuchen Sie es später erneut.',
    en: 'There is no room for this file now. Try again later.',
  },
  'digest-mismatch': {
    nl: 'Het bestand kwam anders aan dan u opgaf. Stuur het opnieuw.',
    fr: 'Le fichier reçu diffère de ce que vous aviez annoncé. Renvoyez-le.',
    de: 'Die Datei kam anders an als angegeben. Senden Sie sie erneut.',
    en: 'The file arrived different from what you announced. Send it again.',
  },
  'content-missing': {
    nl: 'De inhoud van dit bestand is niet meer beschikbaar. Neem contact op met de helpdesk.',
    fr: 'Le contenu de ce fichier n’est plus disponible. Contactez le helpdesk.',
    de: 'Der Inhalt dieser Datei ist nicht mehr verfügbar. Wenden Sie sich an den Helpdesk.',
    en: 'The content of this file is no longer available. Contact the helpdesk.',
  },
  'not-supported': {
    nl: 'Dit kan deze dienst niet. Gebruik een gewone bewerking op bestanden.',
    fr: 'Ce service ne permet pas cela. Utilisez une opération ordinaire sur fichiers.',
    de: 'Das kann dieser Dienst nicht. Verwenden Sie eine gewöhnliche Dateioperation.',
    en: 'This service cannot do that. Use an ordinary file operation.',
  },
  fenced: {
    nl: 'Dit werk is intussen door een ander deel overgenomen. Probeer opnieuw.',
    fr: 'Ce travail a été repris entre-temps par une autre partie. Réessayez.',
    de: 'Diese Arbeit hat inzwischen ein anderer Teil übernommen. Versuchen Sie es erneut.',
    en: 'Another part has taken over this work meanwhile. Try again.',
  },
  unavailable: {
    nl: 'De dienst is even niet beschikbaar. Probeer over enkele minuten opnieuw.',
    fr: 'Le service est momentanément indisponible. Réessayez dans quelques minutes.',
    de: 'Der Dienst ist kurz nicht verfügbar. Versuchen Sie es in einigen Minuten erneut.',
    en: 'The service is unavailable for a moment. Try again in a few minutes.',
  },
  'not-running': {
    nl: 'De dienst is niet gestart. Neem contact op met de helpdesk.',
    fr: 'Le service n’est pas démarré. Contactez le helpdesk.',
    de: 'Der Dienst läuft nicht. Wenden Sie sich an den Helpdesk.',
    en: 'The service is not running. Contact the helpdesk.',
  },
  broken: {
    nl: 'De dienst kon dit niet doen; de operator is verwittigd. Probeer later opnieuw.',
    fr: 'Le service n’a pas pu le faire ; l’opérateur est averti. Réessayez plus tard.',
    de: 'Der Dienst konnte das nicht tun; der Betreiber ist benachrichtigt. Versuchen Sie es später erneut.',
    en: 'The service could not do this; the operator has been told. Try again later.',
  },
} as const satisfies Readonly<Record<ErrorCode, Sentences>>;

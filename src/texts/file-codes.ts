import { NAME_CODES } from './name-codes.ts';
import type { Sentences } from './sentences.ts';

/** Codes of files, in the receipt. Source: docs/domain.md "Which case gets which code". */
export const FILE_CODES = {
  ...NAME_CODES,
  '088': {
    nl: 'De stroom of de recordindeling van dit bestand is niet te bepalen. Gebruik de map of de naam van één stroom.',
    fr: 'Le flux ou la structure de ce fichier ne peut être déterminée. Utilisez le dossier ou le nom d’un seul flux.',
    de: 'Datenfluss oder Satzaufbau dieser Datei ist nicht bestimmbar. Verwenden Sie Ordner oder Namen genau eines Datenflusses.',
    en: 'The flow or layout of this file cannot be told. Use the folder or the name of exactly one flow.',
  },
  '102': {
    nl: 'De XML van dit bestand is niet welgevormd. Verbeter het bestand en stuur het opnieuw.',
    fr: 'Le XML de ce fichier n’est pas bien formé. Corrigez le fichier et renvoyez-le.',
    de: 'Das XML dieser Datei ist nicht wohlgeformt. Berichtigen Sie die Datei und senden Sie sie neu.',
    en: 'The XML of this file is not well-formed. Correct the file and send it again.',
  },
  '103': {
    nl: 'Dit verzendernummer is niet bekend. Gebruik het nummer dat u is toegekend.',
    fr: 'Ce numéro d’expéditeur est inconnu. Utilisez le numéro qui vous a été attribué.',
    de: 'Diese Absendernummer ist unbekannt. Verwenden Sie die Ihnen zugeteilte.',
    en: 'This sender number is not known. Use the number that was given to you.',
  },
  '108': {
    nl: 'Dit verzendernummer hoort bij een andere partner dan deze map. Gebruik uw eigen nummer.',
    fr: 'Ce numéro d’expéditeur appartient à un autre partenaire que ce dossier. Utilisez votre propre numéro.',
    de: 'Diese Absendernummer gehört einem anderen Partner als dieser Ordner. Verwenden Sie Ihre eigene.',
    en: 'This sender number belongs to another partner than this folder. Use your own number.',
  },
  '118': {
    nl: 'Een productiebestand (R) staat in een verkeerde map. Plaats het in IN.',
    fr: 'Un fichier de production (R) se trouve dans un mauvais dossier. Placez-le dans IN.',
    de: 'Eine Produktionsdatei (R) liegt im falschen Ordner. Legen Sie sie in IN ab.',
    en: 'A production file (R) stands in a wrong folder. Put it into IN.',
  },
  '119': {
    nl: 'Een testbestand (T) staat in een verkeerde map. Plaats het in INTEST.',
    fr: 'Un fichier de test (T) se trouve dans un mauvais dossier. Placez-le dans INTEST.',
    de: 'Eine Testdatei (T) liegt im falschen Ordner. Legen Sie sie in INTEST ab.',
    en: 'A test file (T) stands in a wrong folder. Put it into INTEST.',
  },
  '257': {
    nl: 'Een simulatiebestand (S) staat in een verkeerde map. Plaats het in INTEST-S.',
    fr: 'Un fichier de simulation (S) se trouve dans un mauvais dossier. Placez-le dans INTEST-S.',
    de: 'Eine Simulationsdatei (S) liegt im falschen Ordner. Legen Sie sie in INTEST-S ab.',
    en: 'A simulation file (S) stands in a wrong folder. Put it into INTEST-S.',
  },
  '200000': {
    nl: 'Een lot met dit nummer is al ontvangen. Geef het lot een nieuw nummer als de inhoud nieuw is.',
    fr: 'Un lot portant ce numéro a déjà été reçu. Donnez au lot un nouveau numéro si son contenu est nouveau.',
    de: 'Ein Los dieser Nummer wurde schon empfangen. Geben Sie dem Los eine neue Nummer, wenn der Inhalt neu ist.',
    en: 'A lot of this number was received before. Give the lot a new number if its content is new.',
  },
  '200001': {
    nl: 'Dit lot is verwerkt, maar een lot ervoor ontbreekt. Stuur het ontbrekende lot nog.',
    fr: 'Ce lot est traité, mais un lot qui le précède manque. Envoyez encore le lot manquant.',
    de: 'Dieses Los ist verarbeitet, aber ein früheres fehlt. Senden Sie das fehlende Los noch.',
    en: 'This lot is processed, but a lot before it is missing. Send the missing lot too.',
  },
  '120': {
    nl: 'Er is een GO zonder het bestand FI dat erbij hoort. Stuur eerst FI, dan opnieuw GO.',
    fr: 'Il y a un GO sans le fichier FI correspondant. Envoyez d’abord FI, puis à nouveau GO.',
    de: 'Es gibt ein GO ohne die zugehörige Datei FI. Senden Sie zuerst FI, dann GO erneut.',
    en: 'There is a GO without the file FI it belongs to. Send FI first, then GO again.',
  },
  '122': {
    nl: 'De handtekening FS ontbreekt. Stuur FI en FS, dan opnieuw GO.',
    fr: 'La signature FS manque. Envoyez FI et FS, puis à nouveau GO.',
    de: 'Die Signatur FS fehlt. Senden Sie FI und FS, dann GO erneut.',
    en: 'The signature FS is missing. Send FI and FS, then GO again.',
  },
  '125': {
    nl: 'De handtekening hoort niet bij dit bestand of is niet geldig. Onderteken het bestand opnieuw.',
    fr: 'La signature ne correspond pas à ce fichier ou n’est pas valable. Signez à nouveau le fichier.',
    de: 'Die Signatur gehört nicht zu dieser Datei oder ist ungültig. Signieren Sie die Datei neu.',
    en: 'The signature does not belong to this file or is not valid. Sign the file again.',
  },
  '130': {
    nl: 'Er kwam geen GO voor deze bestanden. Stuur ze opnieuw, met GO als laatste.',
    fr: 'Aucun GO n’est arrivé pour ces fichiers. Renvoyez-les, GO en dernier.',
    de: 'Für diese Dateien kam kein GO. Senden Sie sie erneut, GO zuletzt.',
    en: 'No GO came for these files. Send them again, with GO last.',
  },
  '133': {
    nl: 'Een ander bestand met deze naam is al ontvangen. Stuur dit bestand onder een nieuwe naam.',
    fr: 'Un autre fichier de ce nom a déjà été reçu. Envoyez celui-ci sous un nouveau nom.',
    de: 'Eine andere Datei dieses Namens wurde schon empfangen. Senden Sie diese unter neuem Namen.',
    en: 'Another file of this name has been received before. Send this one under a new name.',
  },
  '134': {
    nl: 'Dit bestand bevat geen gegevens. Stuur een bestand met minstens één record.',
    fr: 'Ce fichier ne contient pas de données. Envoyez un fichier avec au moins un enregistrement.',
    de: 'Diese Datei enthält keine Daten. Senden Sie eine Datei mit mindestens einem Datensatz.',
    en: 'This file holds no data. Send a file with at least one record.',
  },
  '138': {
    nl: 'De tekens van dit bestand staan niet in de gevraagde codering. Sla het op in die codering en stuur het opnieuw.',
    fr: 'Les caractères de ce fichier ne sont pas dans le codage demandé. Enregistrez-le dans ce codage et renvoyez-le.',
    de: 'Die Zeichen dieser Datei haben nicht die verlangte Kodierung. Speichern Sie sie so und senden Sie sie neu.',
    en: 'The characters of this file are not in the encoding asked for. Save it in that encoding and send it again.',
  },
  '153': {
    nl: 'Het certificaat van de handtekening is van niemand van uw instelling. Onderteken met uw eigen certificaat.',
    fr: 'Le certificat de la signature n’est celui de personne de votre institution. Signez avec votre propre certificat.',
    de: 'Das Zertifikat der Signatur gehört niemandem Ihrer Einrichtung. Signieren Sie mit Ihrem eigenen Zertifikat.',
    en: 'The certificate of the signature is nobody’s of your institution. Sign with your own certificate.',
  },
  '157': {
    nl: 'Er is geen aangifte gevonden die hiermee nog kan worden geannuleerd. Kijk de verwijzing na, of verbeter met een nieuw bestand.',
    fr: 'Aucune déclaration ne peut plus être annulée de cette façon. Vérifiez la référence, ou corrigez par un nouveau fichier.',
    de: 'Es gibt keine Meldung, die hiermit noch storniert werden kann. Prüfen Sie den Verweis, oder berichtigen Sie mit einer neuen Datei.',
    en: 'There is no declaration that this can still cancel. Check the reference, or correct it with a new file.',
  },
  '184': {
    nl: 'Dit bestand is te groot voor deze stroom. Splits het in kleinere bestanden.',
    fr: 'Ce fichier est trop grand pour ce flux. Divisez-le en fichiers plus petits.',
    de: 'Diese Datei ist für diesen Datenfluss zu groß. Teilen Sie sie in kleinere Dateien auf.',
    en: 'This file is too large for this flow. Split it into smaller files.',
  },
  '312': {
    nl: 'De indeling van dit bestand is niet die van de stroom. Vergelijk het met de beschrijving en stuur het opnieuw.',
    fr: 'La structure de ce fichier n’est pas celle du flux. Comparez-la à la description et renvoyez-le.',
    de: 'Der Aufbau dieser Datei ist nicht der des Datenflusses. Vergleichen Sie ihn mit der Beschreibung und senden Sie sie neu.',
    en: 'The layout of this file is not that of the flow. Compare it with the description and send it again.',
  },
  '427': {
    nl: 'Uw instelling heeft geen machtiging voor deze stroom. Kijk stroom, omgeving en machtiging na.',
    fr: 'Votre institution n’a pas d’autorisation pour ce flux. Vérifiez le flux, l’environnement et l’autorisation.',
    de: 'Ihre Einrichtung hat keine Ermächtigung für diesen Datenfluss. Prüfen Sie Datenfluss, Umgebung und Ermächtigung.',
    en: 'Your institution has no authorization for this flow. Check flow, environment and authorization.',
  },
  '430': {
    nl: 'Dit bestand kon niet worden verwerkt; wij hebben het niet bewaard. Stuur het opnieuw.',
    fr: 'Ce fichier n’a pas pu être traité ; nous ne l’avons pas conservé. Renvoyez-le.',
    de: 'Diese Datei konnte nicht verarbeitet werden; wir haben sie nicht aufbewahrt. Senden Sie sie neu.',
    en: 'This file could not be processed; we did not keep it. Send it again.',
  },
  '524': {
    nl: 'Het kon niet worden nagegaan of het certificaat van de handtekening is ingetrokken. Stuur het bestand later opnieuw.',
    fr: 'Il n’a pu être vérifié si le certificat de la signature a été révoqué. Renvoyez le fichier plus tard.',
    de: 'Es war nicht feststellbar, ob das Zertifikat der Signatur gesperrt wurde. Senden Sie die Datei später neu.',
    en: 'It could not be learnt whether the certificate of the signature was revoked. Send the file again later.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

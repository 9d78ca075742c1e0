import type { Sentences } from './sentences.ts';

/** Why an SSH key or an OpenSSH certificate does not open the door. */
export const SSH_REFUSALS = {
  'weak-ssh-key': {
    nl: 'Deze SSH-sleutel is te zwak. Maak een nieuwe met ssh-keygen -t ed25519 en laat die registreren.',
    fr: 'Cette clé SSH est trop faible. Créez-en une avec ssh-keygen -t ed25519 et faites-la enregistrer.',
    de: 'Dieser SSH-Schlüssel ist zu schwach. Erzeugen Sie einen mit ssh-keygen -t ed25519, lassen Sie ihn registrieren.',
    en: 'This SSH key is too weak. Make a new one with ssh-keygen -t ed25519 and have it registered.',
  },
  'ssh-key-kind': {
    nl: 'Dit soort SSH-sleutel wordt niet aanvaard. Gebruik ed25519, ECDSA of RSA vanaf 3072 bits.',
    fr: 'Ce type de clé SSH n’est pas accepté. Utilisez ed25519, ECDSA ou RSA d’au moins 3072 bits.',
    de: 'Diese Art von SSH-Schlüssel wird nicht angenommen. Verwenden Sie ed25519, ECDSA oder RSA ab 3072 Bit.',
    en: 'This kind of SSH key is not accepted. Use ed25519, ECDSA, or RSA of 3072 bits or more.',
  },
  'ssh-signature-sha1': {
    nl: 'Er is ondertekend met SHA-1. Gebruik een programma dat rsa-sha2-256 of rsa-sha2-512 kent, of een ed25519-sleutel.',
    fr: 'La signature utilise SHA-1. Prenez un programme qui connaît rsa-sha2-256 ou rsa-sha2-512, ou une clé ed25519.',
    de: 'Es wurde mit SHA-1 signiert. Nutzen Sie ein Programm mit rsa-sha2-256 oder rsa-sha2-512, oder ed25519.',
    en: 'The signature uses SHA-1. Use a program that knows rsa-sha2-256 or rsa-sha2-512, or an ed25519 key.',
  },
  'bad-ssh-key': {
    nl: 'Deze SSH-sleutel is beschadigd. Maak een nieuwe en laat die registreren.',
    fr: 'Cette clé SSH est endommagée. Créez-en une nouvelle et faites-la enregistrer.',
    de: 'Dieser SSH-Schlüssel ist beschädigt. Erzeugen Sie einen neuen und lassen Sie ihn registrieren.',
    en: 'This SSH key is damaged. Make a new one and have it registered.',
  },
  'key-revoked': {
    nl: 'Deze SSH-sleutel is ingetrokken. Gebruik een andere sleutel die voor u geregistreerd is.',
    fr: 'Cette clé SSH a été révoquée. Utilisez une autre clé enregistrée pour vous.',
    de: 'Dieser SSH-Schlüssel wurde widerrufen. Verwenden Sie einen anderen, der für Sie registriert ist.',
    en: 'This SSH key has been revoked. Use another key that is registered for you.',
  },
  'key-revocation-unknown': {
    nl: 'Wij kunnen nu niet nagaan of deze SSH-sleutel is ingetrokken. Probeer later opnieuw; de operator is verwittigd.',
    fr: 'Nous ne pouvons vérifier maintenant si cette clé SSH est révoquée. Réessayez plus tard ; l’opérateur est averti.',
    de: 'Ob dieser SSH-Schlüssel widerrufen ist, lässt sich gerade nicht prüfen. Versuchen Sie es später erneut.',
    en: 'We cannot tell now whether this SSH key has been revoked. Try again later; the operator has been told.',
  },
  'bad-ssh-certificate': {
    nl: 'Dit SSH-certificaat is beschadigd. Vraag een nieuw aan bij de autoriteit die het uitgaf.',
    fr: 'Ce certificat SSH est endommagé. Demandez-en un nouveau à l’autorité qui l’a émis.',
    de: 'Dieses SSH-Zertifikat ist beschädigt. Beantragen Sie ein neues bei der ausstellenden Stelle.',
    en: 'This SSH certificate is damaged. Ask the authority that issued it for a new one.',
  },
  'certificate-ca-unknown': {
    nl: 'De autoriteit van dit SSH-certificaat is hier niet aanvaard. Gebruik een geregistreerde sleutel of vraag het na.',
    fr: 'L’autorité de ce certificat SSH n’est pas acceptée ici. Utilisez une clé enregistrée ou renseignez-vous.',
    de: 'Die Stelle, die dieses SSH-Zertifikat ausgab, wird hier nicht anerkannt. Nutzen Sie einen registrierten Schlüssel.',
    en: 'The authority of this SSH certificate is not accepted here. Use a registered key, or ask your administrator.',
  },
  'certificate-ca-partner': {
    nl: 'De autoriteit van dit SSH-certificaat mag niet voor uw instelling spreken. Gebruik die van uw instelling.',
    fr: 'L’autorité de ce certificat SSH ne peut agir pour votre institution. Utilisez celle de votre institution.',
    de: 'Die Stelle dieses SSH-Zertifikats darf nicht für Ihre Einrichtung sprechen. Nutzen Sie die Ihrer Einrichtung.',
    en: 'The authority of this SSH certificate may not speak for your institution. Use that of your institution.',
  },
  'certificate-nested': {
    nl: 'Dit SSH-certificaat is ondertekend met een certificaat. Vraag er een dat de sleutel van de autoriteit ondertekent.',
    fr: 'Ce certificat SSH est signé par un certificat. Demandez-en un signé par la clé de l’autorité même.',
    de: 'Dieses SSH-Zertifikat wurde mit einem Zertifikat signiert. Beantragen Sie eines vom Schlüssel der Stelle selbst.',
    en: 'This SSH certificate was signed by a certificate. Ask for one that the key of the authority itself signed.',
  },
  'certificate-signature': {
    nl: 'De handtekening van dit SSH-certificaat klopt niet. Installeer het opnieuw zoals u het kreeg.',
    fr: 'La signature de ce certificat SSH est incorrecte. Réinstallez-le tel que vous l’avez reçu.',
    de: 'Die Signatur dieses SSH-Zertifikats stimmt nicht. Installieren Sie es neu, wie Sie es erhalten haben.',
    en: 'The signature of this SSH certificate is wrong. Install it again as you received it.',
  },
  'certificate-type': {
    nl: 'Dit SSH-certificaat is voor een server. Vraag een certificaat voor gebruikers.',
    fr: 'Ce certificat SSH est destiné à un serveur. Demandez un certificat d’utilisateur.',
    de: 'Dieses SSH-Zertifikat ist für einen Server. Beantragen Sie ein Zertifikat für Benutzer.',
    en: 'This SSH certificate is for a server. Ask for a certificate for users.',
  },
  'certificate-not-yet-valid': {
    nl: 'Dit SSH-certificaat is nog niet geldig. Wacht tot het begint en kijk de klok van uw computer na.',
    fr: 'Ce certificat SSH n’est pas encore valable. Attendez son début et vérifiez l’heure de votre ordinateur.',
    de: 'Dieses SSH-Zertifikat gilt noch nicht. Warten Sie seinen Beginn ab und prüfen Sie die Uhr Ihres Rechners.',
    en: 'This SSH certificate is not valid yet. Wait until it begins, and check the clock of your computer.',
  },
  'certificate-expired': {
    nl: 'Dit SSH-certificaat is verlopen. Vraag een nieuw aan bij de autoriteit die het uitgaf.',
    fr: 'Ce certificat SSH a expiré. Demandez-en un nouveau à l’autorité qui l’a émis.',
    de: 'Dieses SSH-Zertifikat ist abgelaufen. Beantragen Sie ein neues bei der ausstellenden Stelle.',
    en: 'This SSH certificate has expired. Ask the authority that issued it for a new one.',
  },
  'certificate-principal': {
    nl: 'Dit SSH-certificaat noemt deze aanmeldnaam niet. Gebruik een naam die erin staat, zoals naam@partner.',
    fr: 'Ce certificat SSH ne cite pas ce nom d’utilisateur. Utilisez un nom qui y figure, comme nom@partenaire.',
    de: 'Dieses SSH-Zertifikat nennt diesen Anmeldenamen nicht. Nutzen Sie einen Namen daraus, wie Name@Partner.',
    en: 'This SSH certificate does not name this login. Use a name that stands in it, such as name@partner.',
  },
  'certificate-source-address': {
    nl: 'Dit SSH-certificaat geldt niet vanaf dit netwerkadres. Verbind vanaf een adres dat erin staat.',
    fr: 'Ce certificat SSH ne vaut pas depuis cette adresse réseau. Connectez-vous depuis une adresse qui y figure.',
    de: 'Dieses SSH-Zertifikat gilt nicht von dieser Netzadresse. Verbinden Sie sich von einer, die darin steht.',
    en: 'This SSH certificate is not valid from this network address. Connect from an address that stands in it.',
  },
  'certificate-critical-option': {
    nl: 'Dit SSH-certificaat stelt een eis die hier niet bekend is. Vraag er een zonder force-command of andere eisen.',
    fr: 'Ce certificat SSH pose une exigence inconnue ici. Demandez-en un sans force-command ni autre exigence.',
    de: 'Dieses SSH-Zertifikat stellt eine hier unbekannte Bedingung. Beantragen Sie eines ohne force-command.',
    en: 'This SSH certificate makes a demand not known here. Ask for one without force-command or other demands.',
  },
  'certificate-revoked': {
    nl: 'Dit SSH-certificaat is ingetrokken. Vraag een nieuw aan bij de autoriteit die het uitgaf, als dat mag.',
    fr: 'Ce certificat SSH a été révoqué. Demandez-en un nouveau à l’autorité qui l’a émis, si vous y avez droit.',
    de: 'Dieses SSH-Zertifikat wurde widerrufen. Beantragen Sie ein neues, wenn Sie es dürfen.',
    en: 'This SSH certificate has been revoked. Ask the authority that issued it for a new one, if you may have one.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

import { EXCEPTION_REFUSALS } from './exception-refusals.ts';
import { FACTOR_REFUSALS } from './factor-refusals.ts';
import { SSH_REFUSALS } from './refusals-ssh.ts';
import type { Sentences } from './sentences.ts';

/** Why somebody may not come in. A test holds this table against the reasons of access/. */
export const REFUSALS = {
  'no-certificate': {
    nl: 'Uw programma toonde geen certificaat. Kies uw persoonlijk certificaat van klasse 3 en verbind opnieuw.',
    fr: 'Votre programme n’a présenté aucun certificat. Choisissez votre certificat personnel de classe 3 et reconnectez-vous.',
    de: 'Ihr Programm hat kein Zertifikat gezeigt. Wählen Sie Ihr persönliches Klasse-3-Zertifikat und verbinden Sie sich neu.',
    en: 'Your program showed no certificate. Choose your personal class-3 certificate and connect again.',
  },
  'bad-certificate': {
    nl: 'Dit certificaat is niet te lezen. Vraag een nieuw aan bij de uitgever.',
    fr: 'Ce certificat est illisible. Demandez-en un nouveau à l’émetteur.',
    de: 'Dieses Zertifikat ist nicht lesbar. Beantragen Sie beim Aussteller ein neues.',
    en: 'This certificate cannot be read. Ask its issuer for a new one.',
  },
  'critical-extension': {
    nl: 'Dit certificaat stelt een voorwaarde die hier niet bekend is. Vraag de uitgever een gewoon certificaat.',
    fr: 'Ce certificat pose une condition inconnue ici. Demandez à l’émetteur un certificat ordinaire.',
    de: 'Dieses Zertifikat stellt eine hier unbekannte Bedingung. Beantragen Sie beim Aussteller ein gewöhnliches.',
    en: 'This certificate sets a condition that is not known here. Ask its issuer for an ordinary one.',
  },
  'self-signed': {
    nl: 'Dit certificaat is door niemand anders bevestigd. Gebruik een certificaat van een aanvaarde uitgever, geen eigen.',
    fr: 'Ce certificat n’est confirmé par personne d’autre. Utilisez un certificat d’un émetteur accepté, pas le vôtre.',
    de: 'Dieses Zertifikat bestätigt nur sich selbst. Verwenden Sie eines von einem anerkannten Aussteller.',
    en: 'This certificate vouches only for itself. Use one that an accepted issuer gave you.',
  },
  'issuer-may-not-issue': {
    nl: 'Wie dit certificaat ondertekende, mag er geen uitreiken. Vraag er een bij een aanvaarde uitgever.',
    fr: 'Le signataire de ce certificat ne peut en délivrer. Demandez-en un à un émetteur accepté.',
    de: 'Wer dieses Zertifikat signierte, darf keine ausstellen. Beantragen Sie eines bei einem anerkannten Aussteller.',
    en: 'Whoever signed this certificate may not issue any. Ask an accepted issuer for one.',
  },
  'path-too-long': {
    nl: 'Tussen dit certificaat en de aanvaarde uitgever staan te veel uitgevers. Vraag er een rechtstreeks bij hem.',
    fr: 'Trop d’émetteurs séparent ce certificat de l’émetteur accepté. Demandez-en un directement à celui-ci.',
    de: 'Zwischen diesem Zertifikat und dem anerkannten Aussteller stehen zu viele. Beantragen Sie eines direkt bei ihm.',
    en: 'Too many issuers stand between this certificate and an accepted one. Ask the accepted issuer itself.',
  },
  'name-constraints': {
    nl: 'De uitgever mag deze naam niet in een certificaat zetten. Vraag een certificaat bij de uitgever van uw instelling.',
    fr: 'L’émetteur ne peut certifier ce nom. Demandez un certificat à l’émetteur de votre institution.',
    de: 'Der Aussteller darf diesen Namen nicht bestätigen. Beantragen Sie eines beim Aussteller Ihrer Einrichtung.',
    en: 'The issuer may not give out a certificate with this name. Ask the issuer of your own institution.',
  },
  'unknown-issuer': {
    nl: 'De uitgever van dit certificaat is hier niet aanvaard. Gebruik een certificaat van een aanvaarde uitgever.',
    fr: 'L’émetteur de ce certificat n’est pas accepté ici. Utilisez un certificat d’un émetteur accepté.',
    de: 'Der Aussteller dieses Zertifikats wird hier nicht anerkannt. Verwenden Sie das eines anerkannten Ausstellers.',
    en: 'The issuer of this certificate is not accepted here. Use a certificate of an accepted issuer.',
  },
  'bad-signature': {
    nl: 'De handtekening van dit certificaat klopt niet. Installeer het certificaat opnieuw zoals u het kreeg.',
    fr: 'La signature de ce certificat est incorrecte. Réinstallez le certificat tel que vous l’avez reçu.',
    de: 'Die Signatur dieses Zertifikats stimmt nicht. Installieren Sie es so, wie Sie es erhalten haben.',
    en: 'The signature of this certificate is wrong. Install the certificate again as you received it.',
  },
  'not-yet-valid': {
    nl: 'Dit certificaat is nog niet geldig. Wacht tot de begindatum of gebruik uw vorige certificaat.',
    fr: 'Ce certificat n’est pas encore valable. Attendez sa date de début ou utilisez le précédent.',
    de: 'Dieses Zertifikat gilt noch nicht. Warten Sie den Beginn ab oder verwenden Sie das vorige.',
    en: 'This certificate is not valid yet. Wait for its first day, or use your previous certificate.',
  },
  expired: {
    nl: 'Dit certificaat is verlopen. Vraag een nieuw aan en laat het registreren.',
    fr: 'Ce certificat a expiré. Demandez-en un nouveau et faites-le enregistrer.',
    de: 'Dieses Zertifikat ist abgelaufen. Beantragen Sie ein neues und lassen Sie es registrieren.',
    en: 'This certificate has expired. Ask for a new one and have it registered.',
  },
  'key-usage': {
    nl: 'Dit certificaat dient niet om u aan te melden. Kies uw certificaat voor authenticatie.',
    fr: 'Ce certificat ne sert pas à se connecter. Choisissez votre certificat d’authentification.',
    de: 'Dieses Zertifikat ist nicht zum Anmelden bestimmt. Wählen Sie Ihr Zertifikat zur Authentifizierung.',
    en: 'This certificate is not meant for logging in. Choose your authentication certificate.',
  },
  'extended-key-usage': {
    nl: 'Dit certificaat is niet bedoeld voor clients. Vraag er een aan met clientauthenticatie.',
    fr: 'Ce certificat n’est pas destiné aux clients. Demandez-en un avec authentification client.',
    de: 'Dieses Zertifikat ist nicht für Clients bestimmt. Beantragen Sie eines mit Client-Authentifizierung.',
    en: 'This certificate is not meant for clients. Ask for one with client authentication.',
  },
  'certificate-policy': {
    nl: 'Dit certificaat is niet van klasse 3. Gebruik een certificaat waarvoor u persoonlijk verscheen.',
    fr: 'Ce certificat n’est pas de classe 3. Utilisez un certificat délivré après comparution personnelle.',
    de: 'Dieses Zertifikat ist nicht von Klasse 3. Verwenden Sie eines, für das Sie persönlich erschienen sind.',
    en: 'This certificate is not of class 3. Use a certificate for which you appeared in person.',
  },
  'weak-key': {
    nl: 'De sleutel van dit certificaat is te zwak. Vraag er een aan met RSA 2048 of P-256 of sterker.',
    fr: 'La clé de ce certificat est trop faible. Demandez-en un avec RSA 2048 ou P-256 au moins.',
    de: 'Der Schlüssel dieses Zertifikats ist zu schwach. Beantragen Sie mindestens RSA 2048 oder P-256.',
    en: 'The key of this certificate is too weak. Ask for one with RSA 2048 or P-256 or stronger.',
  },
  'weak-signature': {
    nl: 'Dit certificaat is ondertekend met een verouderde methode. Vraag er een aan met SHA-256 of beter.',
    fr: 'Ce certificat est signé avec une méthode dépassée. Demandez-en un avec SHA-256 ou mieux.',
    de: 'Dieses Zertifikat ist mit einem veralteten Verfahren signiert. Beantragen Sie eines mit SHA-256 oder besser.',
    en: 'This certificate was signed with an outdated method. Ask for one with SHA-256 or better.',
  },
  revoked: {
    nl: 'Dit certificaat is ingetrokken. Gebruik een ander certificaat of vraag er een aan.',
    fr: 'Ce certificat a été révoqué. Utilisez un autre certificat ou demandez-en un.',
    de: 'Dieses Zertifikat wurde widerrufen. Verwenden Sie ein anderes oder beantragen Sie eines.',
    en: 'This certificate has been revoked. Use another certificate, or ask for one.',
  },
  'revocation-unknown': {
    nl: 'Wij kunnen nu niet nagaan of dit certificaat is ingetrokken. Probeer later opnieuw; de operator is verwittigd.',
    fr: 'Nous ne pouvons vérifier maintenant si ce certificat est révoqué. Réessayez plus tard ; l’opérateur est averti.',
    de: 'Ob dieses Zertifikat widerrufen ist, lässt sich gerade nicht prüfen. Versuchen Sie es später; der Betreiber weiß es.',
    en: 'We cannot tell now whether this certificate has been revoked. Try again later; the operator has been told.',
  },
  'revocation-stale': {
    nl: 'Wat wij weten over intrekking van dit certificaat is te oud. Probeer later opnieuw; de operator is verwittigd.',
    fr: 'Nos données sur la révocation de ce certificat sont trop anciennes. Réessayez plus tard ; l’opérateur est averti.',
    de: 'Unsere Angaben zum Widerruf dieses Zertifikats sind zu alt. Versuchen Sie es später; der Betreiber weiß es.',
    en: 'What we know about revocation of this certificate is too old. Try again later; the operator has been told.',
  },
  'no-person': {
    nl: 'Dit certificaat is bij niemand geregistreerd. Vraag uw lokale beheerder om het te registreren.',
    fr: 'Ce certificat n’est enregistré pour personne. Demandez à votre gestionnaire local de l’enregistrer.',
    de: 'Dieses Zertifikat ist für niemanden registriert. Bitten Sie Ihren lokalen Verwalter, es zu registrieren.',
    en: 'This certificate is registered for nobody. Ask your local administrator to register it.',
  },
  'ambiguous-person': {
    nl: 'Dit certificaat past bij meer dan één account. Vraag uw lokale beheerder om dat recht te zetten.',
    fr: 'Ce certificat correspond à plusieurs comptes. Demandez à votre gestionnaire local d’y remédier.',
    de: 'Dieses Zertifikat passt zu mehreren Konten. Bitten Sie Ihren lokalen Verwalter, das zu klären.',
    en: 'This certificate fits more than one account. Ask your local administrator to put that right.',
  },
  'unknown-login': {
    nl: 'Deze aanmeldnaam is niet bekend. Gebruik naam@partner, zoals u is meegedeeld.',
    fr: 'Ce nom d’utilisateur est inconnu. Utilisez nom@partenaire, comme communiqué.',
    de: 'Dieser Anmeldename ist unbekannt. Verwenden Sie Name@Partner, wie mitgeteilt.',
    en: 'This login name is not known. Use name@partner, as you were told.',
  },
  'unknown-key': {
    nl: 'Deze sleutel is niet geregistreerd. Vraag uw lokale beheerder om uw publieke sleutel te registreren.',
    fr: 'Cette clé n’est pas enregistrée. Demandez à votre gestionnaire local d’enregistrer votre clé publique.',
    de: 'Dieser Schlüssel ist nicht registriert. Bitten Sie Ihren lokalen Verwalter, den öffentlichen Schlüssel zu registrieren.',
    en: 'This key is not registered. Ask your local administrator to register your public key.',
  },
  ...FACTOR_REFUSALS,
  'account-disabled': {
    nl: 'Deze account is uitgeschakeld. Neem contact op met uw lokale beheerder.',
    fr: 'Ce compte est désactivé. Contactez votre gestionnaire local.',
    de: 'Dieses Konto ist gesperrt. Wenden Sie sich an Ihren lokalen Verwalter.',
    en: 'This account is disabled. Contact your local administrator.',
  },
  'partner-disabled': {
    nl: 'De toegang van uw instelling is opgeschort. Neem contact op met de helpdesk.',
    fr: 'L’accès de votre institution est suspendu. Contactez le helpdesk.',
    de: 'Der Zugang Ihrer Einrichtung ist ausgesetzt. Wenden Sie sich an den Helpdesk.',
    en: 'The access of your institution is suspended. Contact the helpdesk.',
  },
  'not-designated': {
    nl: 'Uw aanduiding is vandaag niet van kracht. Vraag uw lokale beheerder om ze te verlengen.',
    fr: 'Votre désignation n’est pas en vigueur aujourd’hui. Demandez à votre gestionnaire local de la prolonger.',
    de: 'Ihre Benennung gilt heute nicht. Bitten Sie Ihren lokalen Verwalter, sie zu verlängern.',
    en: 'Your designation is not in force today. Ask your local administrator to renew it.',
  },
  'address-not-registered': {
    nl: 'Dit netwerkadres is niet geregistreerd voor uw instelling. Verbind vanaf een geregistreerd adres.',
    fr: 'Cette adresse réseau n’est pas enregistrée pour votre institution. Connectez-vous depuis une adresse enregistrée.',
    de: 'Diese Netzadresse ist für Ihre Einrichtung nicht registriert. Verbinden Sie sich von einer registrierten Adresse.',
    en: 'This network address is not registered for your institution. Connect from a registered address.',
  },
  'access-method-not-registered': {
    nl: 'Uw instelling heeft deze toegangsweg niet. Gebruik de toegangsweg die voor u geregistreerd is.',
    fr: 'Votre institution ne dispose pas de cette voie d’accès. Utilisez celle qui est enregistrée pour vous.',
    de: 'Ihre Einrichtung hat diesen Zugangsweg nicht. Verwenden Sie den für Sie registrierten.',
    en: 'Your institution does not have this access method. Use the one that is registered for you.',
  },
  ...EXCEPTION_REFUSALS,
  'too-many-connections': {
    nl: 'U of uw instelling heeft te veel verbindingen tegelijk. Sluit er enkele en verbind opnieuw.',
    fr: 'Vous ou votre institution avez trop de connexions à la fois. Fermez-en quelques-unes et reconnectez-vous.',
    de: 'Sie oder Ihre Einrichtung haben zu viele Verbindungen zugleich. Schließen Sie einige und verbinden Sie sich neu.',
    en: 'You or your institution have too many connections at once. Close some of them and connect again.',
  },
  ...SSH_REFUSALS,
} as const satisfies Readonly<Record<string, Sentences>>;

import type { Sentences } from './sentences.ts';

/** What partners are told without having sent something just now. */
export const NOTICES = {
  'answers-overdue': {
    nl: 'De antwoorden op deze vragen zijn niet op tijd gekomen. De bron beantwoordt ze alsnog.',
    fr: 'Les réponses à ces questions ne sont pas arrivées à temps. La source y répond encore.',
    de: 'Die Antworten auf diese Fragen kamen nicht rechtzeitig. Die Quelle beantwortet sie noch.',
    en: 'The answers to these questions did not come in time. The source still answers them.',
  },
  'questions-closed': {
    nl: 'Deze vragen zijn afgesloten zonder antwoord. Wie het nog wil weten, stelt ze opnieuw.',
    fr: 'Ces questions sont closes sans réponse. Qui veut encore savoir les repose.',
    de: 'Diese Fragen wurden ohne Antwort geschlossen. Wer es noch wissen will, stellt sie neu.',
    en: 'These questions were closed without an answer. Who still wants to know asks them again.',
  },
  'delivery-waiting': {
    nl: 'Een levering in uw brievenbus is nog niet opgehaald. Haal ze op voor ze verdwijnt.',
    fr: 'Une livraison dans votre boîte aux lettres n’a pas encore été retirée. Retirez-la avant qu’elle ne disparaisse.',
    de: 'Eine Lieferung in Ihrem Briefkasten wurde noch nicht abgeholt. Holen Sie sie ab, bevor sie verschwindet.',
    en: 'A delivery in your mailbox has not been picked up yet. Take it before it goes.',
  },
  'delivery-expired': {
    nl: 'Een levering is uit uw brievenbus verdwenen zonder opgehaald te zijn. Vraag de helpdesk om een nieuwe.',
    fr: 'Une livraison a quitté votre boîte aux lettres sans avoir été retirée. Demandez-en une nouvelle au helpdesk.',
    de: 'Eine Lieferung verließ Ihren Briefkasten, ohne abgeholt zu werden. Bitten Sie den Helpdesk um eine neue.',
    en: 'A delivery has left your mailbox without being picked up. Ask the helpdesk for a new one.',
  },
  'delivery-lost': {
    nl: 'Niet iedereen heeft gekregen wat u met dit bestand stuurde: een levering is niet opgehaald. De helpdesk weet meer.',
    fr: 'Tous n’ont pas reçu ce que vous avez envoyé : une livraison n’a pas été retirée. Le helpdesk en sait plus.',
    de: 'Nicht alle bekamen, was Sie sandten: eine Lieferung wurde nicht abgeholt. Der Helpdesk weiß mehr.',
    en: 'Not everybody got what you sent with this file: a delivery was not picked up. The helpdesk knows more.',
  },
} as const satisfies Readonly<Record<string, Sentences>>;

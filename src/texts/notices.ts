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
} as const satisfies Readonly<Record<string, Sentences>>;

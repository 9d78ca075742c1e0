import type { SecondFactors } from '../access/second-factor.ts';
import type { HttpAnswer } from '../domain/http.ts';
import type { Language } from '../domain/partner.ts';
import { principalName, type Session } from '../domain/principal.ts';
import { type StepUpText, stepUpText } from '../texts/step-up.ts';
import { type Html, html, page } from './page.ts';

type Factors = Pick<SecondFactors, 'offered' | 'openUntil'>;

export type StepUpPage = {
  readonly session: Session;
  readonly language: Language;
  readonly factors: Factors;
  /** The word that shows a form to be ours. */
  readonly token: string;
  readonly trouble: StepUpText | undefined;
};

const TIME_ZONE = 'Europe/Brussels';
const LOCALES = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' } as const satisfies Record<Language, string>;

/** Who you are, how far you are in, and a form for each second factor that your account has. */
export function stepUpPage({ session, language, factors, token, trouble }: StepUpPage): HttpAnswer {
  const say = (text: StepUpText): string => stepUpText(text, language);
  const until = factors.openUntil(session);
  const offered = factors.offered(session.principal);
  const parts: Html[] = [html`<p>${principalName(session.principal)}, ${session.remoteAddress}</p>\n`];
  if (trouble !== undefined)
    parts.push(html`<p role="alert"><strong>${say('refused')}.</strong> ${say(trouble)}</p>\n`);
  if (until !== undefined) parts.push(html`<p role="status">${say('openUntil')} ${timeOf(until, language)}.</p>\n`);
  else if (session.level === 2) parts.push(html`<p>${say('needs-none')}</p>\n`);
  else if (offered.totp || offered.password) parts.push(html`<p>${say('intro')}</p>\n`);
  else if (trouble === undefined) parts.push(html`<p>${say('no-second-factor')}</p>\n`);
  if (offered.totp) parts.push(form(codeInput(say('code')), token, say('open')));
  if (offered.password) parts.push(form(passwordInput(say('password')), token, say('open')));
  return page(200, language, say('title'), html`${parts}`);
}

/** What the API answers: `{"level": 2, "until": "2026-11-22T18:00:00.000Z", "offers": ["totp"]}`. */
export function statusAnswer(session: Session, factors: Factors): HttpAnswer {
  const until = factors.openUntil(session);
  const offered = factors.offered(session.principal);
  const status = {
    level: until === undefined ? session.level : 2,
    until: until === undefined ? null : new Date(until).toISOString(),
    offers: (['totp', 'password'] as const).filter((kind) => offered[kind]),
  };
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(status)}\n` };
}

function form(input: Html, token: string, button: string): Html {
  return html`<form method="post" action="/step-up"><input type="hidden" name="token" value="${token}">
<p>${input} <button>${button}</button></p></form>
`;
}

function codeInput(label: string): Html {
  return html`<label>${label} <input name="totp" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" maxlength="7" required></label>`;
}

function passwordInput(label: string): Html {
  return html`<label>${label} <input name="password" type="password" autocomplete="current-password" maxlength="200" required></label>`;
}

function timeOf(at: number, language: Language): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: TIME_ZONE } as const;
  return new Intl.DateTimeFormat(LOCALES[language], format).format(at);
}

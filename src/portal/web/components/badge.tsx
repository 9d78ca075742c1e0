import type { ComponentChildren } from 'preact';
import type { Environment } from '../../schemas/common.ts';
import type { SubmissionState } from '../../schemas/submissions.ts';
import { t } from '../i18n/language.ts';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'neutral' | 'info' | 'ok' | 'warn' | 'danger';

/** A word in a coloured frame. The colour never says more than the word. */
export function Badge({
  tone = 'neutral',
  icon,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`badge badge-${tone}`}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </span>
  );
}

const STATES: Readonly<Record<SubmissionState, { readonly tone: Tone; readonly icon: IconName }>> = {
  receiving: { tone: 'info', icon: 'upload' },
  received: { tone: 'info', icon: 'inbox' },
  checking: { tone: 'info', icon: 'clock' },
  accepted: { tone: 'ok', icon: 'check-circle' },
  'partially-accepted': { tone: 'warn', icon: 'warning' },
  rejected: { tone: 'danger', icon: 'alert-circle' },
  quarantined: { tone: 'warn', icon: 'shield' },
  cancelled: { tone: 'neutral', icon: 'close' },
};

/** How far a submission is. */
export function StateBadge({ state }: { readonly state: SubmissionState }) {
  const { tone, icon } = STATES[state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`shell.state.${state}`)}
    </Badge>
  );
}

/** Only what is not the real one is marked. */
export function EnvironmentBadge({ environment }: { readonly environment: Environment }) {
  if (environment === 'R') return null;
  return <Badge tone="info">{t(`shell.environment.${environment}`)}</Badge>;
}

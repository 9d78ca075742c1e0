/** What may go wrong at the door, by subject, with the reasons that the gateway gives (src/texts/refusals.ts). */
export const TOPICS = ['certificate', 'account', 'address', 'exception', 'factor', 'rights', 'other'] as const;

export type Topic = (typeof TOPICS)[number];

const ACCOUNT = [
  ...['no-person', 'ambiguous-person', 'account-disabled', 'partner-disabled', 'not-designated'],
  ...['regulation-not-accepted', 'regulation-other-version'],
];
const ADDRESS = ['address-not-registered', 'access-method-not-registered', 'too-many-connections'];
const EXCEPTION = [
  ...['internet-without-exception', 'machine-on-internet', 'exception-not-active', 'exception-not-begun'],
  ...['exception-ended', 'exception-protocol', 'exception-address'],
];
const FACTOR = [
  ...['no-second-factor', 'second-factor-wrong', 'second-factor-used', 'second-factor-wait', 'second-factor-busy'],
  'level-too-low',
];
const CERTIFICATE = [
  ...['no-certificate', 'bad-certificate', 'critical-extension', 'self-signed', 'issuer-may-not-issue'],
  ...['path-too-long', 'name-constraints', 'unknown-issuer', 'bad-signature', 'not-yet-valid', 'expired', 'key-usage'],
  ...['extended-key-usage', 'certificate-policy', 'weak-key', 'weak-signature', 'revoked', 'revocation-unknown'],
  'revocation-stale',
];

const TOPIC_OF: ReadonlyMap<string, Topic> = new Map([
  ...CERTIFICATE.map((reason) => [reason, 'certificate'] as const),
  ...ACCOUNT.map((reason) => [reason, 'account'] as const),
  ...ADDRESS.map((reason) => [reason, 'address'] as const),
  ...EXCEPTION.map((reason) => [reason, 'exception'] as const),
  ...FACTOR.map((reason) => [reason, 'factor'] as const),
  ...['not-allowed', 'not-found', 'frozen'].map((reason) => [reason, 'rights'] as const),
]);

/** The subject of a reason, or of a subject itself. */
export function topicOf(reason: string): Topic {
  return TOPIC_OF.get(reason) ?? TOPICS.find((topic) => topic === reason) ?? 'other';
}

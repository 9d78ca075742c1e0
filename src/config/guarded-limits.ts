/** Limits that hold back who attacks, and which way they do it better: that way one person may go alone. */
const TIGHTER: Readonly<Record<string, 'lower' | 'higher'>> = {
  // Who guesses, and how often.
  'limits/loginTries': 'lower',
  'limits/loginGraceSeconds': 'lower',
  'limits/penaltyFromFailures': 'lower',
  'limits/penaltySeconds': 'higher',
  'limits/maxPenaltySeconds': 'higher',
  // How much one visitor takes from the others.
  'limits/maxUnauthenticated': 'lower',
  'limits/maxConnectionsPerPrincipal': 'lower',
  'limits/maxConnectionsPerPartner': 'lower',
  'limits/headersTimeoutSeconds': 'lower',
  'limits/minBodyBytesPerSecond': 'higher',
  // How long a proof opens, to whoever sits there now.
  'limits/idleTimeoutSeconds': 'lower',
  'limits/stepUpHours': 'lower',
  // Who asks for persons he does not know: how fast, and from when on somebody hears of it.
  'limits/simulationBytesPerHour': 'lower',
  'limits/maxDryRunBytes': 'lower',
  'alarms/unknownPersonsPerHour': 'lower',
  'alarms/unknownPersonsPerDay': 'lower',
  // How long it is known that a question was answered.
  'retention/endedQuestionsDays': 'higher',
};

/** Limits of room and time for files: the operator's matter either way. A limit that stands in neither list needs two. */
const FREE: ReadonlySet<string> = new Set(
  [
    ...['maxFileBytes', 'quotaBytes', 'settleSecondsWebdav', 'emptySettleSeconds', 'goWaitSeconds'],
    ...['setWithoutGoMinutes', 'maxRefusedPerNotification', 'maxLockSeconds', 'maxLocksPerPrincipal'],
    ...['partialUploadHours', 'maxPartialUploadsPerPrincipal', 'workingFileHours', 'receiptReadBytes'],
  ].map((name) => `limits/${name}`),
);

/** Whether one person may change a limit of `gateway.yaml` so. Values are JSON, undefined where there is none. */
export function isLimitAlone(path: string, before: string | undefined, after: string | undefined): boolean {
  if (FREE.has(path)) return true;
  const tighter = TIGHTER[path];
  if (tighter === undefined || before === undefined || after === undefined) return false;
  return tighter === 'lower' ? Number(after) < Number(before) : Number(after) > Number(before);
}

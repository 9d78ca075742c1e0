import { randomBytes } from 'node:crypto';
import { accountOf } from './access/authorizer.ts';
import type { LiveSessions } from './access/live-sessions.ts';
import { type SecondFactorParts, SecondFactors } from './access/second-factor.ts';
import { type StepUpDesk, type StepUpParts, StepUps } from './access/step-ups.ts';
import { canonicalJson } from './config/canonical-json.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { HttpHandler } from './domain/http.ts';
import type { Logger } from './domain/logger.ts';
import type { Language, SecondFactor } from './domain/partner.ts';
import type { PartnerId } from './domain/principal.ts';
import { STEP_UP_API_URL, STEP_UP_URL, stepUpHandler } from './portal/step-up.ts';
import type { Ledger } from './storage/ledger.ts';

const PAGES: ReadonlySet<string> = new Set([STEP_UP_URL, STEP_UP_API_URL]);

/** What listeners need for level 2: who has it, and the pages that give it. */
export type LevelTwoDoor = {
  readonly stepUps: StepUpDesk;
  readonly factors: SecondFactors;
  /** The pages of the portal in front of the file tree. */
  readonly inFrontOf: (files: HttpHandler) => HttpHandler;
};

/** The same where step-ups are written down. */
export type LevelTwo = LevelTwoDoor & {
  readonly stepUps: StepUps;
  /** For the words in forms; all processes of a gateway share it. */
  readonly formKey: Uint8Array;
  /** Ends the step-ups of everybody to whom a new generation does not give what the one before gave. Never throws. */
  readonly endOfOthers: (before: Generation, now: Generation) => Promise<void>;
};

type DoorParts = Omit<SecondFactorParts, 'stepUps'> & {
  readonly stepUps: StepUpDesk;
  readonly languages: Current<readonly Language[]>;
  readonly logger: Logger;
  readonly formKey: Uint8Array;
};

type Parts = Omit<DoorParts, 'stepUps' | 'ledger' | 'formKey'> & { readonly ledger: Ledger } & Pick<
    StepUpParts,
    'onChange'
  >;

/** Who stepped up before a restart keeps it, as long as the configuration of today still gives it. */
export async function openLevelTwo(parts: Parts): Promise<LevelTwo> {
  const { ledger, clock, generation, logger, onChange } = parts;
  const stepUps = await StepUps.open({ ledger, clock, onChange });
  await endStepUpsOfOthers(stepUps, generation.value, generation.value);
  const formKey = randomBytes(32);
  return {
    ...levelTwoDoor({ ...parts, stepUps, formKey }),
    ...{ stepUps, formKey },
    endOfOthers: async (before, now) => {
      try {
        await endStepUpsOfOthers(stepUps, before, now);
      } catch (error) {
        logger.error({ err: error }, 'step-ups could not be ended; they end by themselves');
      }
    },
  };
}

/** The pages and the checks, wherever step-ups are written down. */
export function levelTwoDoor(parts: DoorParts): LevelTwoDoor {
  const { stepUps, languages, logger, formKey } = parts;
  const factors = new SecondFactors(parts);
  const portal = stepUpHandler({ factors, languages, logger, formKey });
  return {
    ...{ stepUps, factors },
    inFrontOf: (files) => (request) =>
      PAGES.has(request.path) && request.place === 'elsewhere' ? portal(request) : files(request),
  };
}

/** Ends the step-ups of everybody who was disabled or removed, or whose second factor is another one now. */
async function endStepUpsOfOthers(stepUps: StepUps, before: Generation, now: Generation): Promise<void> {
  await stepUps.keepOnly((principal) => {
    const factor = factorOf(now, principal);
    return factor !== undefined && canonicalJson(factor) === canonicalJson(factorOf(before, principal));
  }, 'configuration');
}

/** The second factor of an account that is in force. */
function factorOf(generation: Generation, principal: string): SecondFactor | undefined {
  const [id = '', partner = ''] = principal.split('@', 2);
  const kinds = ['person', 'machine'] as const;
  return kinds
    .map((kind) => accountOf(generation, { kind, id, partner: partner as PartnerId, roles: [] })?.account.secondFactor)
    .find((factor) => factor !== undefined);
}

/** `sessions end-step-up <fingerprint>`. @throws GatewayError `not-found`, `bad-request` */
export async function answerEndStepUp(stepUps: StepUps, [, fingerprint = '']: readonly string[]): Promise<unknown> {
  const plain = fingerprint.replaceAll(':', '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(plain)) {
    throw new GatewayError('bad-request', 'sessions end-step-up <SHA-256 fingerprint of the certificate>');
  }
  const ended = await stepUps.end(plain, 'operator');
  if (ended === 0) throw new GatewayError('not-found', 'nobody has stepped up with this certificate');
  return { ended };
}

/** Who is cut by an operator loses his step-up as well. Called before the cut: afterwards nobody knows who it was. */
export async function endStepUpOfSession(
  stepUps: StepUps,
  live: LiveSessions,
  [word, id]: readonly string[],
): Promise<void> {
  if (word !== 'cut') return;
  for (const one of live.list().filter((candidate) => candidate.id === id)) await stepUps.end(one.fingerprint, 'cut');
}

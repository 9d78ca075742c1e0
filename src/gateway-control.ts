import type { LiveSessions, SessionsNow } from './access/live-sessions.ts';
import type { UsageCounter } from './access/usage-counter.ts';
import type { Audit } from './audit/audit.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import { parseTicket } from './domain/submission.ts';
import { answerBreakGlass, answerConfig, unapprovedAlarm } from './gateway-config-answers.ts';
import type { Configuration } from './gateway-configuration.ts';
import { answerSessions } from './gateway-limits.ts';
import { alarmsOf, answerRedeliver, answerReplay, loadLine, type Operations } from './gateway-operations.ts';
import type { ProcessState } from './gateway-owner.ts';
import { answerEndStepUp, endStepUpOfSession, type LevelTwo } from './gateway-second-factor.ts';
import type { TakeUp } from './gateway-take-up.ts';
import { answerUsage } from './gateway-usage.ts';
import type { ControlRequest } from './ops/control-socket.ts';
import type { Ledger } from './storage/ledger.ts';
import type { DryRuns } from './submissions/dry-run.ts';
import type { Explainer } from './submissions/explain.ts';
import type { HandIn } from './submissions/hand-in.ts';
import { parseAsked } from './submissions/sender.ts';
import { traceOf } from './submissions/trace.ts';

/** Ports that were bound, in the order of the configured listeners. */
export type BoundPorts = { readonly listeners: readonly number[]; readonly health: number };

export type Live = {
  readonly ledger: Ledger;
  readonly generation: Current<Generation>;
  readonly takeUp: Pick<TakeUp, 'ports'>;
  readonly live: LiveSessions;
  /** What is under way in each process; what another process knows better comes later. */
  readonly sessionsNow: () => Promise<readonly SessionsNow[]>;
  readonly levelTwo: LevelTwo;
  readonly dryRuns: DryRuns;
  readonly handIn: HandIn;
  readonly explainer: Explainer;
  readonly operations: Operations;
  readonly configuration: Configuration;
  readonly usage: Pick<UsageCounter, 'flush'>;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly processes: Current<readonly ProcessState[]>;
};

/** What the control socket answers. @throws GatewayError `bad-request` for a command it does not know */
export async function answerControl(request: ControlRequest, live: Live): Promise<unknown> {
  const { ledger, generation, takeUp } = live;
  switch (request.command) {
    case 'status': {
      const arrivals = await ledger.read({ kind: 'queueLength', queue: 'arrival' });
      const checks = await ledger.read({ kind: 'queueLength', queue: 'check' });
      const alarms = [...(await alarmsOf(live.operations, live.clock.now())), ...unapprovedAlarm(live.configuration)];
      const processes = live.processes.value;
      const now = { state: 'running', pid: processes[0]?.pid, generation: generation.value.id };
      return { ...now, ports: takeUp.ports, arrivals, checks, alarms, processes };
    }
    case 'break-glass':
      return answerBreakGlass(live.configuration, request.arguments);
    case 'config':
      return answerConfig(live.configuration, request.arguments);
    case 'usage':
      return answerUsage(live, request.arguments);
    case 'load':
      await live.audit.record(loadLine(request.arguments));
      return {};
    case 'replay':
      return answerReplay(live.operations, request.arguments);
    case 'redeliver':
      return answerRedeliver(live.operations, request.arguments);
    case 'trace':
      return traceOf(ledger, parseTicket(request.arguments[0]));
    case 'explain':
      return live.explainer.explain(parseTicket(request.arguments[0]), Number(request.arguments[1]));
    case 'dry-run':
      return live.dryRuns.run(parseAsked(request.arguments));
    case 'submit':
      return live.handIn.take(parseAsked(request.arguments));
    case 'sessions':
      if (request.arguments[0] === 'end-step-up') return answerEndStepUp(live.levelTwo.stepUps, request.arguments);
      await endStepUpOfSession(live.levelTwo.stepUps, live.live, request.arguments);
      return answerSessions(live.live, live.sessionsNow, request.arguments);
    default:
      throw new GatewayError('bad-request', `the gateway knows no command "${request.command}"`);
  }
}

import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { outputFor, outputVersionFor, type Partner } from '../domain/partner.ts';
import type { AccessMethod } from '../domain/principal.ts';
import type { Submission } from '../domain/submission.ts';
import type { CompletedContent } from '../storage/content-store.ts';
import type { BatchTask, SharedTask } from './batch.ts';
import { answeredBy, sourceOf } from './question-flows.ts';

/** What the batches of a flow have in common, made once for each generation. */
export class SharedTasks {
  readonly #made = new WeakMap<Generation, Map<Flow, SharedTask>>();

  of(generation: Generation, flow: Flow): SharedTask {
    const made = this.#made.get(generation) ?? new Map<Flow, SharedTask>();
    const shared = made.get(flow) ?? sharedTask(generation, flow);
    this.#made.set(generation, made.set(flow, shared));
    return shared;
  }
}

export function sharedTask(generation: Generation, flow: Flow): SharedTask {
  return {
    flow,
    generation: generation.id,
    authorizations: generation.authorizations.filter((act) => act.flow === flow.code),
    sectors: generation.sectors,
    receivers: receiversOf(generation, flow),
    addressees: addresseesOf(generation, flow),
    source: sourceOf(generation, flow),
  };
}

/** Everything a batch needs to know, of one generation. */
export function batchTask(
  submission: Pick<Submission, 'ticket' | 'environment' | 'receivedAt'>,
  partner: Partner,
  shared: SharedTask,
  from: { readonly accessMethod: AccessMethod; readonly contents: readonly CompletedContent[] },
): BatchTask {
  return {
    ...shared,
    ticket: submission.ticket,
    environment: submission.environment,
    accessMethod: from.accessMethod,
    receivedAt: submission.receivedAt,
    sender: { partner: partner.id, institution: partner.institution, kbo: partner.kbo, purposes: partner.purposes },
    contents: from.contents.map(({ contentId, size, sha256, bytes }) => ({ contentId, size, sha256, bytes })),
  };
}

function addresseesOf(generation: Generation, flow: Flow): BatchTask['addressees'] {
  if (flow.kind !== 'message') return undefined;
  return generation.partners.map(({ id, institution, kbo }) => ({ partner: id, institution, kbo }));
}

function receiversOf(generation: Generation, flow: Flow): BatchTask['receivers'] {
  return generation.partners
    .filter((partner) => !partner.disabled && partner.receives.includes(flow.code))
    .map((partner) => ({
      partner: partner.id,
      institution: partner.institution,
      network: partner.network,
      purposes: partner.purposes,
      output: outputFor(partner, flow.code),
      outputVersion: outputVersionFor(partner, flow.code),
    }));
}

/** All of a generation that the outcome of this batch rests on; equal grounds give an equal outcome. */
export function grounds(
  generation: Generation,
  { flow, partner }: { readonly flow: Flow; readonly partner: Partner },
): string {
  const sender = generation.partners.find((candidate) => candidate.id === partner.id);
  return JSON.stringify([
    generation.flows.find((candidate) => candidate.code === flow.code),
    generation.authorizations.filter((act) => act.flow === flow.code),
    generation.sectors,
    receiversOf(generation, flow),
    addresseesOf(generation, flow),
    sourceOf(generation, flow),
    answeredBy(generation, flow),
    [sender?.disabled, sender?.institution, sender?.kbo, sender?.purposes, sender?.layout, sender?.answerFormat],
  ]);
}
